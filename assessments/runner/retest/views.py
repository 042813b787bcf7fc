"""Pages of a retest: then and now, and the calendar file for when it's time."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments import hooks, selectors
from assessments.models import Submission
from assessments.runner.context import result_context
from assessments.runner.recalls.note import recall_reasons
from assessments.runner.retest.comparison import compared_visits
from assessments.runner.retest.line import FEWEST, line_of
from assessments.runner.retest.start import calendar_of, earlier_answers
from assessments.selectors import Visit
from assessments.submissions.recalls import recalled_result
from assessments.submissions.signed_links import safety_path
from runfit.lib.hooks import gather
from runfit.lib.http import private_page
from runfit.lib.translation import use_language


@private_page
@require_safe
def then_and_now(request: HttpRequest, token: str) -> HttpResponse:
    """Compares this visit with an earlier one of the same runner: the one in `since`, or the first.
    Without both, the result says all there is."""
    submission = selectors.submission_by_token(token)
    if submission is None:
        raise Http404
    visits = selectors.visits_of_runner(submission)
    now = _visit_on(visits, submission.day.isoformat())
    earlier = [visit for visit in visits if now and visit.day < now.day]
    if now is None or not earlier or submission.stopped or submission.awaits_clearance:
        return redirect(submission)
    recalled = recalled_result(submission)
    if recalled and recalled.stops:
        return redirect(submission)
    then = _visit_on(earlier, request.GET.get("since", "")) or earlier[0]
    definition = selectors.edition_definition(now.edition)
    between = hooks.Between(submission.runner_pk, then.day, now.day)
    sessions = [done for _, done in gather(hooks.sessions_done, [between])]
    with use_language(definition.language):
        enough_done = sessions[-1].enough if sessions else None
        compared = compared_visits(then, now, last=earlier[-1], enough_done=enough_done)
        moves_on = compared.verdict == "better" and not compared.worse_since
        context = {
            **result_context(now.edition, now.answers.profile),
            "definition": definition,
            "edition": now.edition,
            "compared": compared,
            "next_plans": (
                gather(hooks.next_plans, submission, then.answers.profile) if moves_on else ()
            ),
            "sessions": sessions,
            "safety_list": safety_path(submission),
            "profile": definition.profile(now.answers.profile),
            "recalled": recall_reasons(then.edition, now.edition),
            "others": [visit for visit in earlier if visit is not then],
            "newest": visits[-1] if visits[-1].day > now.day else None,
            "line": _line([*earlier, now], submission),
        }
        return render(request, "assessments/retest/then_and_now.html", context)


@private_page
@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    edition = selectors.edition_live(slug)
    earlier = earlier_answers(request, edition) if edition else None
    if edition is None or earlier is None:
        raise Http404
    with use_language(selectors.edition_definition(edition).language):
        content = calendar_of(edition, earlier)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _visit_on(visits: Sequence[Visit], day: str) -> Visit | None:
    return next((visit for visit in visits if visit.day.isoformat() == day), None)


def _line(visits: Sequence[Visit], submission: Submission) -> object:
    """None for two visits, which need no query for the plan either."""
    if len(visits) < FEWEST:
        return None
    return line_of(visits, gather(hooks.plan_blocks, submission))
