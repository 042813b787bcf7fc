"""Pages that a runner meets, and the PT sees at her desk."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from assessments import hooks, selectors
from assessments.analytics.utm import source_of, with_source
from assessments.definition import Definition
from assessments.models import Edition, Submission
from assessments.runner import explanation
from assessments.runner.forms import ClearanceForm, blank_fields
from assessments.runner.prerendered import MARK, PrerenderedPage
from assessments.scoring import Result
from runfit.lib.caching import cached
from runfit.lib.hooks import call_hook
from runfit.lib.http import render_page
from runfit.lib.translation import use_language


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
    return render_page(request, "assessments/home.html", context, language=definition.language)


def check_page(edition: Edition) -> PrerenderedPage:
    """The blank self-check, cached until one of the rows that it shows is read again."""
    return cached(
        ("check page", edition.pk),
        lambda: _blank_check_page(edition),
        depends_on=(edition, selectors.practice()),
    )


def _blank_check_page(edition: Edition) -> PrerenderedPage:
    with use_language(selectors.edition_definition(edition).language):
        return PrerenderedPage(check_html(edition, blank_fields(edition), MARK))


def check_html(
    edition: Edition, fields: SafeString, token_field: SafeString, *, faulty: bool = False
) -> SafeString:
    context = {
        "edition": edition,
        "definition": selectors.edition_definition(edition),
        "practice": selectors.practice(),
        "fields": fields,
        "token_field": token_field,
        "faulty": faulty,
    }
    return render_to_string("assessments/check.html", context)


def result_page(
    request: HttpRequest, submission: Submission, definition: Definition, scored: Result
) -> HttpResponse:
    """The result, or the safety page that stands in its place."""
    level = definition.safety.level(scored.safety_level) if scored.safety_level else None
    context: dict[str, Any] = {
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
    context["explained"] = explanation.explanation(definition, scored)
    extras: dict[str, Any] = {}
    if scored.guide != "never":
        for extra in hooks.result_context:
            extras |= call_hook(extra, {}, request, submission)
    whole = call_hook(_with_extras, None, request, context, extras)
    return whole or _with_extras(request, context, {})


def _with_extras(
    request: HttpRequest, context: dict[str, Any], extras: dict[str, Any]
) -> HttpResponse:
    key = _words_key(context["edition"], context["result"], extras.get("guide_key", ""))
    return render(request, "assessments/result.html", {**context, **extras, "words_key": key})


def _words_key(edition: Edition, scored: Result, guide_key: str) -> str:
    """Results of one key are told in the same words, but for their scores and reasons. A draft,
    which may change at any time, has a key of its own each time."""
    told = [edition.sha256 or uuid4().hex, scored.profile, scored.start_phase, *scored.notices]
    return " ".join(map(str, [*told, guide_key]))
