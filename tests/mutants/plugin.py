"""A pytest plugin for mutmut: every run gets a copy of the first run's database.

Otherwise thousands of runs would each create the tables and load the content.
"""

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from shutil import copy2

import pytest
from django.apps import apps
from django.db import connection, connections

from tests.support.kept_content import KeptContent

FOLDER = Path(os.environ["RUNFIT_MUTANTS_KEPT"])
DATABASE, TABLES, FILES = FOLDER / "kept.sqlite3", FOLDER / "kept.json", FOLDER / "files"
load = KeptContent.load


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    FOLDER.mkdir(exist_ok=True)
    connections["default"].settings_dict["TEST"]["NAME"] = own()
    if DATABASE.exists():
        copy2(DATABASE, own())
        config.option.reuse_db = True
    KeptContent.load = kept  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    for file in FOLDER.glob(f"{own().name}*"):
        file.unlink()


def own() -> Path:
    return FOLDER / f"{os.getpid()}.sqlite3"


def kept(content: Iterable[Path], _: Path) -> KeptContent:
    if TABLES.exists():
        return KeptContent([apps.get_model(each) for each in json.loads(TABLES.read_text())], FILES)
    made = load(content, FILES)
    with closing(sqlite3.connect(DATABASE)) as database:
        connection.connection.backup(database)
    TABLES.write_text(json.dumps([model._meta.label for model in made.filled]))
    return made
