"""Loads content files and publishes version 1 of anything new."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from assessments.definition import DefinitionError
from assessments.publishing.pipeline import PublishRefused
from assessments.publishing.services import assessment_load
from guides import content
from guides.default_content.files import is_shipped
from guides.default_content.services import content_loaded, content_loaded_note
from guides.publishing.library import LoadReport, exercises_load
from guides.publishing.services import guide_load
from runfit.lib.json_format.decoding import decode
from runfit.lib.json_format.faults import FaultsError

# Dependencies first: plans refer to result types, and guides to self-checks.
ORDER: tuple[content.Kind, ...] = ("assessment", "exercises", "guide")


class Command(BaseCommand):
    help = "Loads self-checks, exercises and guides. What exists already is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--once",
            action="store_true",
            help="leave out what was loaded here before, whatever became of it",
        )

    def handle(
        self, *args: Any, files: list[Path], once: bool, verbosity: int, **options: Any
    ) -> None:
        bad = 0
        loadable: list[tuple[content.Kind, Path, dict[str, Any]]] = []
        for path in files:
            try:
                data = decode(path.read_bytes())
                kind = content.kind(data)
            except (OSError, FaultsError) as error:
                bad += 1
                self._refuse(path, error)
            else:
                if not once or not content_loaded(kind=kind, data=data):
                    loadable.append((kind, path, data))
        beside = _self_checks(loadable)
        shipped = {kind for kind, path, data in loadable if is_shipped(kind, data, path.parent)}
        new: set[content.Kind] = set()
        for kind, path, data in sorted(loadable, key=lambda entry: ORDER.index(entry[0])):
            try:
                # Our own tests have built what RunFit comes with.
                tested = {*ORDER} == shipped == new | {"guide"}
                with transaction.atomic():
                    report = _load(kind, data, path.parent, beside, tested)
                    content_loaded_note(kind=kind, data=data)
            except (content.ContentError, DefinitionError, PublishRefused) as error:
                bad += 1
                self._refuse(path, error)
            else:
                if not report.left:
                    new.add(kind)
                if verbosity:
                    self._report(path, report)
        if bad:
            raise CommandError(f"{bad} of {len(files)} files could not be loaded.")

    def _report(self, path: Path, report: LoadReport) -> None:
        if report.made:
            self.stdout.write(f"{path}: loaded {', '.join(report.made)}.")
        if report.left:
            self.stdout.write(f"{path}: there already, left alone: {', '.join(report.left)}.")

    def _refuse(self, path: Path, error: Exception) -> None:
        self.stderr.write(f"{path}: nothing of this file was loaded.")
        for line in _reasons(error):
            self.stderr.write(f"  {line}")


def _self_checks(loadable: Iterable[tuple[content.Kind, Path, dict[str, Any]]]) -> set[str]:
    """The slugs of the self-checks that these files define or refer to."""
    names = {"assessment": "slug", "guide": "assessment"}
    return {str(data.get(names[kind])) for kind, _, data in loadable if kind in names}


def _load(
    kind: content.Kind,
    data: dict[str, Any],
    folder: Path,
    beside: set[str],
    tested: bool,
) -> LoadReport:
    if kind == "exercises":
        return exercises_load(data=data, folder=folder, beside=beside)
    if kind == "guide":
        return guide_load(data=data, tested=tested)
    outcome = assessment_load(data=data)
    name = f"self-check “{outcome.assessment.slug}”"
    if outcome.edition is None:
        return LoadReport((), (name,))
    return LoadReport((f"{name}, version {outcome.edition.number}",), ())


def _reasons(error: Exception) -> Iterator[str]:
    if isinstance(error, OSError):
        yield f"It cannot be read: {error.strerror}."
    elif isinstance(error, PublishRefused):
        faults: Iterable[Any] = error.findings
        yield from (
            f"{fault.where}: {fault.message}" for fault in faults if fault.severity == "error"
        )
    else:
        yield from str(error).splitlines()
