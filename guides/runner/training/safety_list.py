"""The self-check's safety list, after a week that got worse.

What's checked isn't stored, only the level that it leads to: with the link, if the runner said that
their training may be kept there, and in their browser.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.definition import Definition, Safety, SafetyItemSpec
from assessments.scoring import NONE_TICKED, AnswersError, SafetyResult, Trace, safety_result
from assessments.selectors import level_context
from assessments.submissions.request_limits import LimitReachedError
from assessments.submissions.step_words import step_words, stopping_items
from guides.consents.services import follow_ups_stop
from guides.content.training import NOTHING_CHECKED
from guides.runner.guide_views import limit_page
from guides.runner.training.page import training_context
from guides.runner.training.pain import edition_behind
from guides.runner.training.taps import Tap, now, tap_of
from guides.training.services import training_limit
from runfit.lib.http import private_page, render_page, see_other
from runfit.lib.json_format.foreign_texts import in_language_of
from runfit.lib.translation import use_language


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item as the list shows it: what stands before its colon is bold."""

    key: str
    lead: str
    text: str
    checked: bool


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def safety_list(request: HttpRequest, token: str) -> HttpResponse:
    tap = tap_of(request, token)
    if tap is None or tap.definition is None:
        return see_other("guides:guide", token)
    if request.method != "POST":
        return _list_page(tap, tap.definition)
    try:
        training_limit(link=tap.link)
    except LimitReachedError as limit:
        return limit_page(request, limit, tap.content.language)
    try:
        result = _result(tap, tap.definition)
    except AnswersError as error:
        return _list_page(tap, tap.definition, error)
    return _answered(tap, tap.definition, result)


@private_page
@require_safe
def safety_level(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """What to do at a level that the list led to, to read again."""
    tap = tap_of(request, token)
    if tap is None or tap.definition is None:
        return see_other("guides:guide", token)
    if key not in tap.definition.safety.levels:
        raise Http404
    return _level_page(tap, tap.definition, SafetyResult(key, Trace((), ())))


def _result(tap: Tap, definition: Definition) -> SafetyResult:
    """What a doctor or PT cleared already when the guide was asked for doesn't count again."""
    checked = tap.request.POST.getlist("safety")
    result = safety_result(definition, checked)
    submission = tap.link.submission
    cleared = submission.safety if submission and submission.cleared_at else ()
    is_new = [key for key in checked if key not in cleared]
    return safety_result(definition, is_new or [NONE_TICKED]) if cleared else result


def _answered(tap: Tap, definition: Definition, result: SafetyResult) -> HttpResponse:
    level = result.level or NOTHING_CHECKED
    tap.change(lambda record: record.with_level(level, at=now()))
    if result.level is None:
        return _page(tap, definition, "guides/training/nothing_checked.html", new_level=level)
    if definition.safety.level(result.level).stops:
        follow_ups_stop(link=tap.link)
    return _level_page(tap, definition, result, new_level=level)


def _level_page(
    tap: Tap, definition: Definition, result: SafetyResult, new_level: str = ""
) -> HttpResponse:
    with use_language(tap.content.language):
        words = level_context(definition, result.level or "", result.trace)
    template = "guides/training/level.html"
    return _page(tap, definition, template, new_level=new_level, result=result, **words)


def _page(
    tap: Tap,
    definition: Definition,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    """`new_level` is for the browser to keep."""
    context |= {
        "token": tap.token,
        "content": tap.content,
        "definition": definition,
        "edition": edition_behind(tap.link),
        "rules": tap.content.shared_rules,
        "profile": tap.content.profile(tap.link.profile),
        **training_context(tap.link, tap.token, tap.content),
    }
    return render_page(tap.request, template, context, language=tap.content.language, status=status)


def _list_page(tap: Tap, definition: Definition, error: AnswersError | None = None) -> HttpResponse:
    checked = tap.request.POST.getlist("safety")
    groups = list(_groups(definition.safety, checked))
    with use_language(tap.content.language):
        context = {
            "groups": groups,
            "screens": sum(bool(title) for title, _items in groups),
            "none_checked": NONE_TICKED in checked,
            "error": _words(error, definition.safety) if error else "",
            "flow": json.dumps(_flow(definition), ensure_ascii=False, separators=(",", ":")),
        }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return _page(tap, definition, "guides/training/safety_list.html", status, **context)


def _flow(definition: Definition) -> dict[str, Any]:
    """For check.js, which shows the list as the self-check does: nothing else is asked here."""
    nothing: dict[str, Any] = {"when": {}, "alone": {}}
    nothing |= dict.fromkeys(("derived", "optional", "extras", "offers"), ())
    words = step_words(definition)
    return {
        **nothing,
        "stops": stopping_items(definition.safety),
        "words": words | {"start": words["none"]},
    }


def _groups(safety: Safety, checked: list[str]) -> Iterator[tuple[str, list[ListedItem]]]:
    for title, items in groupby(safety.items, lambda item: item.group):
        yield title, [_listed(item, item.key in checked) for item in items]


def _listed(item: SafetyItemSpec, checked: bool) -> ListedItem:
    lead, colon, text = item.text.partition(":")
    lead, text = (in_language_of(item.text, part) for part in (lead + colon, text))
    return ListedItem(item.key, lead if colon else "", text if colon else lead, checked)


def _words(error: AnswersError, safety: Safety) -> str:
    none = {"none": f"“{safety.none_label}”"}
    if "safety:required" in error.errors:
        return _("Check what's true for you, or check %(none)s.") % none
    if "safety:none_with_others" in error.errors:
        return _("You checked %(none)s and something else. Keep just one of them.") % none
    return _("Pick only from the safety list.")
