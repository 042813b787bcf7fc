"""One side: `python -m benchmarks.cost.worker CHECKOUT DATABASE RUNNERS`.

The database is `postgresql`, `sqlite`, or `constant`: a view without middleware that returns the
same bytes each time. Commands are lines of JSON on standard input: a page's name, and how many
requests. It prints the CPU seconds that each took.
"""

import json
import logging
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.cost.requests_of_runners import Request, Runners, ask


def constant(stack: ExitStack) -> tuple[Any, dict[str, Any], dict[str, float]]:
    folder = tempfile.mkdtemp(prefix="runfit-cost-")
    stack.callback(shutil.rmtree, folder)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="benchmarks.ceilings.settings",
        SECRET_KEY="only-for-benchmarks",
        DATABASE_URL="sqlite://:memory:",
        BENCH_CONSTANTS=folder,
    )
    Path(folder, "page.gz").write_bytes(os.urandom(9000))
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - needs the settings

    return get_wsgi_application(), {"constant": cycle([Request("/constant/page.gz")])}, {}


def site(
    database: str, runners: int, stack: ExitStack
) -> tuple[Any, dict[str, Any], dict[str, float]]:
    """The checkout with the default content and the settings of benchmarks; emails become files."""
    import benchmarks.settings as bench  # noqa: PLC0415
    from tests.support import postgres  # noqa: PLC0415
    from tests.support.redis_server import Redis  # noqa: PLC0415

    folder = Path(bench.FOLDER)
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(DJANGO_SETTINGS_MODULE="runfit.settings")
    Path(os.environ["VAR_DIR"]).mkdir()  # not every version makes it
    for name in ("EMAIL_URL", *(("DATABASE_URL", "REDIS_URL") if database == "sqlite" else ())):
        del os.environ[name]
    del sys.modules["runfit.settings"]  # read again, with these
    if database == "postgresql":
        stack.enter_context(postgres.database(bench.DATABASE_NAME))
        redis = Redis(bench.REDIS_PORT, folder)
        redis.start()
        stack.callback(redis.kill)
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    django.setup(set_prefix=False)
    stack.callback(connections.close_all)
    with (folder / "prepare.log").open("w") as log:
        call_command("prepare", stdout=log)
    from runfit.wsgi import application  # noqa: PLC0415 - finds the static files that are there now

    logging.disable(logging.WARNING)
    pages, shares = Runners(application).pages(runners)
    return application, pages, shares


def main(database: str, runners: int) -> None:
    with ExitStack() as stack:
        application, pages, shares = (
            constant(stack) if database == "constant" else site(database, runners, stack)
        )
        print(json.dumps(shares), flush=True)
        for line in sys.stdin:
            name, number = json.loads(line)
            requests = [next(pages[name]) for _ in range(number)]
            answers = [ask(application, request) for request in requests]
            wrong = [answer.status for answer in answers if answer.status[0] not in "23"]
            if wrong:
                sys.exit(f"{name}: {wrong[0]}")
            print(json.dumps([answer.cpu for answer in answers]), flush=True)


if __name__ == "__main__":
    sys.path[0] = sys.argv[1]  # all but this package is the checkout's
    os.chdir(sys.argv[1])  # Celery imports from here first
    main(sys.argv[2], int(sys.argv[3]))
