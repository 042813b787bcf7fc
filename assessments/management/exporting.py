"""Base class for commands that export a table as CSV."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from runfit.lib.csv_export import Pieces, rows_in_words
from runfit.lib.files import atomic_write

PROGRESS_INTERVAL = 2.0  # seconds
OWNER_ONLY = 0o600
INTERRUPTED = 130  # the shell convention for Ctrl+C

GetPieces = Callable[[Callable[[int], None]], Pieces]  # called with a progress callback


class ExportCommand(BaseCommand):
    """Writes to a file, atomically, or to standard output. Progress goes to standard error."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out",
            type=Path,
            metavar="FILE",
            help="overwritten; default: standard output",
        )

    def export(self, out: Path | None, pieces: GetPieces, estimate: int) -> None:
        try:
            rows = self._write(out, pieces, estimate)
        except BrokenPipeError as error:
            raise CommandError("Stopped: the output was closed.") from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped.", returncode=INTERRUPTED) from error
        self.stderr.write(f"{rows_in_words(rows)}.")

    def _write(self, out: Path | None, pieces: GetPieces, estimate: int) -> int:
        progress = ProgressMeter(estimate, self.stderr.write)
        if out is None:
            with closing(pieces(progress)) as csv:
                for piece in csv:
                    self.stdout.write(piece, ending="")
            return progress.rows
        with atomic_write(out, permissions=OWNER_ONLY) as file, closing(pieces(progress)) as csv:
            file.writelines(piece.encode() for piece in csv)
        return progress.rows


class ProgressMeter:
    """Prints a progress line every two seconds."""

    def __init__(self, estimate: int, write: Callable[[str], object]) -> None:
        self.rows, self.estimate, self._write = 0, estimate, write
        self._last_printed = time.monotonic()

    def __call__(self, rows: int) -> None:
        self.rows = rows
        if time.monotonic() - self._last_printed >= PROGRESS_INTERVAL:
            self._last_printed = time.monotonic()
            self._write(f"{rows:,} of about {rows_in_words(self.estimate)}")
