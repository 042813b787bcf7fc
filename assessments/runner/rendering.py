"""Renders the runner's pages, which the desk previews too."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from assessments import hooks, selectors
from assessments.definition import Definition
from assessments.models import Edition, Submission
from assessments.runner import explanation
from assessments.runner.added_checks import checks_by_area, what_changed
from assessments.runner.areas import words_found
from assessments.runner.context import check_path, page_context, result_context
from assessments.runner.forms import ClearanceForm, blank_fields
from assessments.runner.prerendered import PLACEHOLDER, PrerenderedPage
from assessments.runner.recalls.note import recall_note
from assessments.runner.sharing import check_card
from assessments.runner.site.practice_texts import passed_on
from assessments.scoring import Result
from assessments.submissions.signed_links import correction_path, retest_path
from runfit.lib.caching import cached
from runfit.lib.hooks import call_hook
from runfit.lib.translation import use_language


def check_page(edition: Edition) -> PrerenderedPage:
    """The empty self-check, cached until one of its rows is reloaded."""
    with use_language(selectors.edition_definition(edition).language):
        told = tuple(_told_first())
    return cached(
        ("check page", edition.pk, told),
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
        "told_first": _told_first(),
    }
    return render_to_string("assessments/check.html", context)


def _told_first() -> list[hooks.PassedOn]:
    """What runners are told before they send their answers, in the active language."""
    return [each for each in passed_on() if each.key]


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
    recall = None if example else recall_note(submission, scored)
    edition = submission.edition
    if recall and recall.level and recall.result.now and recall.result.rescored:
        edition, scored = recall.result.now, recall.result.rescored.result or scored
        definition = selectors.edition_definition(edition)
    level = definition.safety.level(scored.safety_level) if scored.safety_level else None
    context: dict[str, Any] = {
        **result_context(edition, scored.profile),
        "submission": submission,
        "edition": edition,
        "recall": recall,
        "definition": definition,
        "result": scored,
        "level": level,
        "retake": retest_path(submission),
        "correction": correction_path(submission),
    }
    if scored.safety_level:
        context |= selectors.level_context(definition, scored.safety_level, scored.trace)
    if level and (level.stops or (recall and recall.level)):
        return render(request, "assessments/safety.html", context)
    if level and not submission.cleared_at:
        context["clearance_form"] = clearance_form or ClearanceForm()
        return render(request, "assessments/clearance.html", context)
    explained = explanation.explanation(definition, scored)
    context |= {
        "explained": explained,
        "areas": [(area, (), False) for area in explained.areas.values()]
        if example or recall
        else list(checks_by_area(submission, explained.areas, refused)),
        "example": example,
        "next": None if example or recall else _next(definition),
        "found": words_found(explained.areas.values()),
        "changed": what_changed(definition, submission, explained.areas),
    }
    extras = _extras(request, submission) if scored.guide != "never" else {}
    if example:
        extras.pop("guide_form", None)
    whole = call_hook(_with_extras, None, request, context, extras)
    return whole or _with_extras(request, context, {})


def _next(definition: Definition) -> Definition | None:
    """The self-check that the result offers."""
    offered = selectors.edition_next(definition)
    return selectors.edition_definition(offered) if offered else None


def _extras(request: HttpRequest, submission: Submission) -> dict[str, Any]:
    """What other apps add."""
    extras: dict[str, Any] = {}
    for hook in hooks.result_context:
        extras |= call_hook(hook, {}, request, submission)
    return extras


def _with_extras(
    request: HttpRequest, context: dict[str, Any], extras: dict[str, Any]
) -> HttpResponse:
    more = ("example" if context["example"] else "", extras.get("guide_key", ""))
    key = _words_key(context["edition"], context["result"], *more)
    return render(request, "assessments/result.html", {**context, **extras, "words_key": key})


def _words_key(edition: Edition, scored: Result, *more: str) -> str:
    """Identifies results with the same words about their type. Advice isn't among them: it comes in
    so many combinations that hardly two runners share one. A draft can change at any time, so it
    gets a new key every time."""
    country = selectors.practice().country
    parts = [edition.sha256 or uuid4().hex, country, scored.profile, scored.start_phase, *more]
    return " ".join(map(str, parts))
