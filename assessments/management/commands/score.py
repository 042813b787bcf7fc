"""`manage.py score SLUG`: score or compare answers in bulk, from JSON lines."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments import selectors
from assessments.definition import Definition
from assessments.scoring import AnswersError, compare, score

Line = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Read JSON lines from standard input: {“answers”, “safety”} or {“before”, “after”}. "
        "Score them with the live version; write a JSON result, or {“errors”: […]}, per line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="a published self-check, such as tight-hips")

    def handle(self, *, slug: str, **options: Any) -> None:
        edition = selectors.edition_live(slug)
        if edition is None:
            raise CommandError(f"No self-check “{slug}” is published.")
        definition = selectors.edition_definition(edition)
        for line in sys.stdin.buffer:
            self.stdout.write(json.dumps(_outcome(definition, line)))
            self.stdout.flush()


def _outcome(definition: Definition, line: bytes) -> Line:
    try:
        return _scored(definition, _read(line))
    except AnswersError as error:
        return {"errors": list(error.errors)}


def _read(line: bytes) -> Line:
    try:
        data = json.loads(line.decode())
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or nested too deeply
        raise AnswersError(["line:invalid"]) from None
    if not isinstance(data, dict):
        raise AnswersError(["line:invalid"])
    return data


def _scored(definition: Definition, line: Line) -> Line:
    """A line with "before" or "after" is a comparison; any other is a single visit."""
    if "before" in line or "after" in line:
        _reject_unknown(line, "before", "after")
        return compare(definition, line.get("before", {}), line.get("after", {})).expect()
    _reject_unknown(line, "answers", "safety")
    return score(definition, line.get("answers", {}), line.get("safety", [])).expect()


def _reject_unknown(line: Line, *known: str) -> None:
    unknown = sorted(key for key in line if key not in known)
    if unknown:
        raise AnswersError(f"{key}:unknown" for key in unknown)
