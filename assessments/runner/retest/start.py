"""Starting a retest: the earlier answers that the link carries, whether it's time yet, and the note
at the top of the self-check."""

from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments import selectors
from assessments.definition import Definition
from assessments.models import Edition, Submission
from assessments.runner.context import check_path
from assessments.submissions.signed_links import (
    PARAMETER,
    SAFETY,
    retest_earlier,
    retest_path,
    safety_path,
)
from runfit.lib.calendars import calendar_file


def asks_again(request: HttpRequest) -> bool:
    return PARAMETER in request.GET


def earlier_answers(request: HttpRequest, edition: Edition) -> Submission | None:
    """The answers that the link of this page carries."""
    token = request.GET.get(PARAMETER, "")
    return retest_earlier(token, edition.assessment) if token else None


def only_safety(request: HttpRequest) -> bool:
    """Whether the runner came for the safety list, which can't be too early."""
    return SAFETY in request.GET


def earliest_day(edition: Edition, earlier: Submission) -> date | None:
    """The day from which another visit makes sense, if that is still to come. It counts from the
    runner's newest visit, whichever the link carries."""
    retest = selectors.edition_definition(edition).retest
    if retest is None or not retest.earliest_days:
        return None
    visits = selectors.visits_of_runner(earlier)
    if (visits[-1].edition if visits else earlier.edition).recalled_at:
        return None  # it was wrong, so there's nothing to wait for
    last = visits[-1].day if visits else earlier.day
    day = last + timedelta(days=retest.earliest_days)
    return day if day > timezone.localdate() else None


def start_note(request: HttpRequest, edition: Edition, earlier: Submission | None) -> SafeString:
    """What the self-check says before its first question. Whoever got the link from someone else
    finds a way out here."""
    definition = selectors.edition_definition(edition)
    context = {
        "earlier": earlier,
        "again": _checks_to_repeat(definition, earlier) if earlier else (),
        "only_safety": only_safety(request),
        "fresh": check_path(edition),
    }
    return SafeString(render_to_string("assessments/retest/start.html", context, request))


def too_early(
    request: HttpRequest, edition: Edition, earlier: Submission, day: date
) -> HttpResponse:
    definition = selectors.edition_definition(edition)
    context = {
        "edition": edition,
        "definition": definition,
        "earlier": earlier,
        "day": day,
        "safety_list": safety_path(earlier),
        "calendar": retest_path(earlier, to="assessments:retest_calendar"),
    }
    return render(request, "assessments/retest/too_early.html", context)


def calendar_of(edition: Edition, earlier: Submission) -> bytes:
    """The calendar file for the earliest day, or for today if that has come."""
    url = f"{settings.SITE_URL}{retest_path(earlier)}"
    title = selectors.edition_definition(edition).title
    event = {
        "uid": f"retest-{earlier.token[:16]}@runfit",
        "dtstart": earliest_day(edition, earlier) or timezone.localdate(),
        "transp": "TRANSPARENT",
        "summary": _("Retake the check"),
        "description": _("%(title)s. Open it here: %(url)s") % {"title": title, "url": url},
        "url": url,
    }
    return calendar_file("Retake the check", [event], now=timezone.now())


def _checks_to_repeat(definition: Definition, earlier: Submission) -> tuple[str, ...]:
    """The extra checks that the runner did last time, which are easy to skip this time."""
    return tuple(
        question.text
        for question in definition.questions
        if question.optional and question.kind != "several" and question.key in earlier.answers
    )
