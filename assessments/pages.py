"""Pages that a runner meets, and the PT sees at her desk."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments import explain, selectors
from assessments.definition import Definition
from assessments.forms import ClearanceForm
from assessments.http import page
from assessments.models import Submission
from assessments.scoring import Result
from assessments.sources import source_of, with_source

result_extras: list[Callable[[HttpRequest, Submission], dict[str, Any]]] = []
"""What other apps add to a result that may offer a guide: each returns context for its page."""

answers_came: list[Callable[[HttpRequest, Submission], None]] = []
"""What other apps do once answers are scored and stored."""


def home_page(request: HttpRequest) -> HttpResponse:
    """The first page, of the self-check that is live."""
    edition = selectors.edition_default()
    if edition is None:
        return render(request, "assessments/closed.html")
    definition = selectors.edition_definition(edition)
    context = {
        "edition": edition,
        "definition": definition,
        "with_source": with_source(source_of(request)),
    }
    return page(request, "assessments/home.html", context, language=definition.language)


def result_page(
    request: HttpRequest, submission: Submission, definition: Definition, scored: Result
) -> HttpResponse:
    """The result, or the safety page that stands in its place."""
    level = definition.safety.level(scored.safety_level) if scored.safety_level else None
    context = {
        "submission": submission,
        "edition": submission.edition,
        "definition": definition,
        "result": scored,
        "level": level,
    }
    if level and level.stops:
        return render(request, "assessments/safety.html", context)
    if level and not submission.cleared_at:
        context["clearance_form"] = ClearanceForm()
        return render(request, "assessments/clearance.html", context)
    context["explained"] = explain.explanation(definition, scored)
    if scored.guide != "never":
        for extra in result_extras:
            context |= extra(request, submission)
    return render(request, "assessments/result.html", context)
