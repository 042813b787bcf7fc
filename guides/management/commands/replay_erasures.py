"""After a restore: does again what was erased, and refused, since the copy was made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from guides.consents.replay import erasures_replay


class Command(BaseCommand):
    help = (
        "After a restore: erase again who was erased since the backup, and stop mail again to who "
        "said no since. `restore` does so by itself. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--list", type=Path, metavar="FILE", help="default: the one of ERASURE_LIST"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["list"] or settings.ERASURE_LIST
        try:
            replayed = erasures_replay(path=path)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        self.stdout.write(
            f"Erased again: {replayed.addresses} addresses, {replayed.answers} answers. "
            f"Said no again: {replayed.refusals}"
        )
