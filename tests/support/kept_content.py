"""The default content, loaded once per process and restored for each test that uses it."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.test import override_settings


@dataclass(frozen=True)
class KeptContent:
    """Copies of the rows and files that `content_load` created, in separate tables and a folder."""

    filled: list[type[models.Model]]
    files: Path

    @classmethod
    def load(cls, content: Iterable[Path], files: Path) -> "KeptContent":
        """Changes nothing in the database but the copies and sequences."""
        with override_settings(MEDIA_ROOT=files), transaction.atomic():
            empty = [
                model for model in apps.get_models(include_auto_created=True) if not _rows(model)
            ]
            call_command("content_load", *map(str, content), verbosity=0)
            filled = [model for model in empty if _rows(model)]
            with connection.cursor() as cursor:
                for model in filled:
                    cursor.execute(f"CREATE TABLE {_kept(model)} AS SELECT * FROM {_own(model)}")
                    cursor.execute(f"DELETE FROM {_own(model)}")
        return cls(filled, files)

    def restore(self, files: Path) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for model in self.filled:
                cursor.execute(f"INSERT INTO {_own(model)} SELECT * FROM {_kept(model)}")
            for reset in connection.ops.sequence_reset_sql(no_style(), self.filled):
                cursor.execute(reset)
        shutil.copytree(self.files, files, dirs_exist_ok=True)


def _rows(model: type[models.Model]) -> bool:
    return model._base_manager.exists()


def _own(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _kept(model: type[models.Model]) -> str:
    return connection.ops.quote_name(f"kept_{model._meta.db_table}")
