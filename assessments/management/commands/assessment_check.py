"""`manage.py assessment_check SLUG_OR_FILE`: check a draft or a content file."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments import selectors
from assessments.checker import Finding, check
from assessments.definition import parse
from assessments.publishing.services import assessment_check
from runfit.lib.json_format.decoding import decode
from runfit.lib.json_format.faults import Fault, FaultsError


class Command(BaseCommand):
    help = (
        "Print one finding per line, “error|warning CODE WHERE: what to do”. Exit 1 on errors. "
        "A draft is checked together with its guides, a file on its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "named", metavar="SLUG_OR_FILE", help="tight-hips, or content/tight-hips.json"
        )

    def handle(self, *, named: str, **options: Any) -> None:
        path = Path(named)
        findings = _check_file(path) if path.is_file() else _check_draft(named)
        for finding in findings:
            self.stdout.write(str(finding))
        errors = sum(finding.severity == "error" for finding in findings)
        if errors:
            raise CommandError(f"Errors: {errors}")
        self.stderr.write("No errors.")


def _check_draft(slug: str) -> list[Finding]:
    draft = selectors.assessment_by_slug(slug)
    if draft is None:
        raise CommandError(f"There is no self-check “{slug}”, and no file of that name.")
    return assessment_check(assessment=draft)


def _check_file(path: Path) -> list[Finding]:
    try:
        return check(parse(decode(path.read_bytes())))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except FaultsError as error:
        return [*_faults(error.faults)]


def _faults(faults: Iterable[Fault]) -> Iterable[Finding]:
    return (Finding("error", "format", fault.where, fault.message) for fault in faults)
