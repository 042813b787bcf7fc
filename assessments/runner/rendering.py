"""Renders the runner's pages, which the desk previews too."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from assessments import hooks, selectors
from assessments.definition import Definition, Derived, Level, SafetyItemSpec
from assessments.emergency_numbers import VARIABLE, emergency_numbers
from assessments.models import Edition, Submission
from assessments.runner import explanation
from assessments.runner.added_checks import checks_by_area, what_changed
from assessments.runner.areas import words_found
from assessments.runner.context import check_path, page_context, result_context
from assessments.runner.forms import ClearanceForm, blank_fields
from assessments.runner.prerendered import PLACEHOLDER, PrerenderedPage
from assessments.runner.sharing import check_card
from assessments.scoring import Result
from assessments.submissions.signed_links import correction_path, retest_path
from runfit.lib.caching import cached
from runfit.lib.hooks import call_hook
from runfit.lib.translation import use_language


def check_page(edition: Edition) -> PrerenderedPage:
    """The empty self-check, cached until one of its rows is reloaded."""
    return cached(
        ("check page", edition.pk),
        lambda: _blank_check_page(edition),
        depends_on=(edition, selectors.practice()),
    )


def _blank_check_page(edition: Edition) -> PrerenderedPage:
    country = selectors.practice().country
    with use_language(selectors.edition_definition(edition).language):
        return PrerenderedPage(check_html(edition, blank_fields(edition, country), PLACEHOLDER))


def check_html(
    edition: Edition, fields: SafeString, token_field: SafeString, *, faulty: bool = False
) -> SafeString:
    context = {
        **page_context(edition, check_card(edition), check_path),
        "practice": selectors.practice(),
        "fields": fields,
        "token_field": token_field,
        "faulty": faulty,
    }
    return render_to_string("assessments/check.html", context)


def result_page(
    request: HttpRequest,
    submission: Submission,
    definition: Definition,
    scored: Result,
    *,
    refused: tuple[QueryDict, dict[str, str]] | None = None,
    clearance_form: ClearanceForm | None = None,
    example: dict[str, Any] | None = None,
) -> HttpResponse:
    """The result, or a safety page instead of it. `refused` are checks that couldn't be added, with
    their errors; `clearance_form` is one that wasn't filled in. An example is nobody's: it has
    nothing to send or to keep, but a link to the self-check."""
    level = definition.safety.level(scored.safety_level) if scored.safety_level else None
    context: dict[str, Any] = {
        **result_context(submission.edition, scored.profile),
        "submission": submission,
        "edition": submission.edition,
        "definition": definition,
        "result": scored,
        "level": level,
        "retake": retest_path(submission),
        "correction": correction_path(submission),
    }
    if level:
        context["number_to_call"] = _number_to_call(level)
        # Where an emergency number is named, a visit that's booked may be too late.
        context["can_be_booked"] = VARIABLE not in level.body
        reasons: list[SafetyItemSpec | Derived] = [*scored.trace.safety, *scored.trace.derived]
        own = (reason.note for reason in reasons if reason.level == scored.safety_level)
        context["notes"] = list(dict.fromkeys(filter(None, own)))
    if level and level.stops:
        return render(request, "assessments/safety.html", context)
    if level and not submission.cleared_at:
        context["clearance_form"] = clearance_form or ClearanceForm()
        return render(request, "assessments/clearance.html", context)
    explained = explanation.explanation(definition, scored)
    context |= {
        "explained": explained,
        "areas": [(area, (), False) for area in explained.areas.values()]
        if example
        else list(checks_by_area(submission, explained.areas, refused)),
        "example": example,
        "found": words_found(explained.areas.values()),
        "changed": what_changed(definition, submission, explained.areas),
    }
    extras: dict[str, Any] = {}
    if scored.guide != "never":
        for hook in hooks.result_context:
            extras |= call_hook(hook, {}, request, submission)
    if example:
        extras.pop("guide_form", None)
    whole = call_hook(_with_extras, None, request, context, extras)
    return whole or _with_extras(request, context, {})


def _number_to_call(level: Level) -> str:
    """The emergency number of the practice's country, if the first thing to do is to call it."""
    first = explanation.SENTENCE_END.split(level.body.strip(), maxsplit=1)[0]
    return emergency_numbers(selectors.practice().country)[0] if VARIABLE in first else ""


def _with_extras(
    request: HttpRequest, context: dict[str, Any], extras: dict[str, Any]
) -> HttpResponse:
    more = ("example" if context["example"] else "", extras.get("guide_key", ""))
    key = _words_key(context["edition"], context["result"], *more)
    return render(request, "assessments/result.html", {**context, **extras, "words_key": key})


def _words_key(edition: Edition, scored: Result, *more: str) -> str:
    """Identifies results with the same text, apart from scores and explanations. A draft can change
    at any time, so it gets a new key every time."""
    country = selectors.practice().country
    parts = [edition.sha256 or uuid4().hex, country, scored.profile, scored.start_phase]
    parts += scored.notices
    return " ".join(map(str, [*parts, *more]))
