"""The way through a self-check: its questions, its result, and what is counted on the way."""

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import hooks, selectors
from assessments.analytics import collector
from assessments.analytics.beacon import MAX_BYTES, Beacon, BeaconError, beacon_fits, beacon_read
from assessments.analytics.bots import is_bot
from assessments.analytics.utm import MEASURE_AGAIN, source_of
from assessments.analytics.visits import count_visit
from assessments.models import Edition, Submission
from assessments.runner import form_token
from assessments.runner.added_checks import check_errors, posted_checks
from assessments.runner.form_token import FormToken
from assessments.runner.forms import (
    ClearanceForm,
    SelfCheckForm,
    fields_html,
    posted_answers,
    posted_safety,
)
from assessments.runner.rendering import (
    check_html,
    check_page,
    result_page,
)
from assessments.runner.retest.start import (
    asks_again,
    earlier_answers,
    earliest_day,
    start_note,
    too_early,
)
from assessments.scoring import AnswersError
from assessments.submissions.services import submission_add, submission_clear, submission_create
from runfit.lib.hooks import call_hook
from runfit.lib.http import private_page, see_other
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOT_COMPLETE = _(
    "This page wasn't complete, so nothing was sent. Your answers "
    "are still here. Look them over and send them again."
)
VERY_QUICK = _(
    "That was very quick. Your answers are still here. Look them over and send them again."
)

NO_NOTE = SafeString()


# The signed token in the form replaces the CSRF cookie, so opening a self-check sets no cookie.
@csrf_exempt
# Not no-store: the Back button must restore the answers.
@cache_control(private=True, max_age=0)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    edition = selectors.edition_live(slug)
    if edition is None:
        raise Http404
    if request.method != "POST":
        count_visit(request, edition)
        if asks_again(request):
            return _asked_again(request, edition)
        return check_page(edition).response(request, _token_field(form_token.issue(edition.pk)))
    return _answered(request, edition)


@private_page
@require_safe
def result(request: HttpRequest, token: str) -> HttpResponse:
    return _result(request, _submission(token))


@private_page
@require_POST
def clearance(request: HttpRequest, token: str) -> HttpResponse:
    """Show the result to a runner who says that a doctor or PT cleared them."""
    submission = _submission(token)
    form = ClearanceForm(request.POST)
    if submission.awaits_clearance and not form.is_valid():
        return _result(request, submission, unprocessable=True, clearance_form=form)
    submission_clear(submission=submission)
    return see_other(submission)


# The result's secret URL is the only credential, as for asking for the guide.
@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def add_checks(request: HttpRequest, token: str) -> HttpResponse:
    """Add checks that the result offers. They make a new result, which is the runner's newest."""
    submission = _submission(token)
    if request.method != "POST" or submission.stopped or submission.awaits_clearance:
        return see_other(submission)
    definition = selectors.edition_definition(submission.edition)
    answers = posted_checks(definition, request.POST)
    try:
        added = submission_add(submission=submission, answers=answers)
    except AnswersError as error:
        refused = (request.POST, check_errors(definition, answers, error.errors))
        return _result(request, submission, unprocessable=True, refused=refused)
    except IntegrityError as error:  # erased meanwhile
        raise Http404 from error
    for hook in hooks.answers_stored:
        call_hook(hook, None, request, added)
    return see_other(added)


# A beacon can't send a token. It uses no cookies and only adds to counts.
@csrf_exempt
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count the steps that a page's script reports when the page is left."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return HttpResponse(status=403)
    try:
        content = request.read(MAX_BYTES + 1)
        beacon = beacon_read(content)
    except OSError:  # the connection was closed
        return HttpResponse(status=400)
    except BeaconError:
        return HttpResponse(status=413 if len(content) > MAX_BYTES else 400)
    return HttpResponse(status=204 if _counted(request, beacon) else 400)


def _counted(request: HttpRequest, beacon: Beacon) -> bool:
    edition = selectors.edition_get(beacon.edition) if beacon.edition else None
    if beacon.edition and edition is None:
        return False
    definition = selectors.edition_definition(edition) if edition else None
    if not beacon_fits(beacon, definition):
        return False
    bot = is_bot(request)
    for step, item in beacon.steps:
        collector.add(
            step=step,
            item=item,
            edition=beacon.edition,
            source=beacon.source,
            profile=beacon.profile,
            bot=bot,
        )
    return True


# Its link is about one runner, and the Back button must restore the answers here, too.
@private_page
@cache_control(private=True, max_age=0)
def _asked_again(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The self-check for a runner with earlier answers, or a kind page if it's too early."""
    earlier = earlier_answers(request, edition)
    with use_language(selectors.edition_definition(edition).language):
        if earlier and (day := earliest_day(edition, earlier)):
            return too_early(request, edition, earlier, day)
        note = start_note(request, edition, earlier)
    return check_page(edition).response(request, _token_field(form_token.issue(edition.pk), note))


def _answered(request: HttpRequest, live: Edition) -> HttpResponse:
    """Score with the edition that the runner opened, even if a newer one is live. The form is built
    only to show errors, so valid answers cost one scoring and one INSERT."""
    token = form_token.read(request.POST.get("form_token", ""))
    opened = _opened(token, live)
    if token is None or opened is None:
        return _form_again(request, live, form_token.issue(live.pk), NOT_COMPLETE)
    definition = selectors.edition_definition(opened)
    safety = posted_safety(request.POST)
    # A safety stop is never delayed.
    if token.too_young and not definition.safety.stopped_by(safety):
        return _form_again(request, opened, request.POST["form_token"], VERY_QUICK)
    try:
        submission = _stored(request, opened, token.nonce)
    except AnswersError:
        return _form_again(request, opened, request.POST["form_token"])
    for hook in hooks.answers_stored:
        call_hook(hook, None, request, submission)
    return _to_its_page(request, submission)


def _to_its_page(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Safety comes first, then what changed since the earlier answers."""
    if not submission.retest_of_id or submission.stopped or submission.awaits_clearance:
        return see_other(submission)
    response = see_other("assessments:then_and_now", submission.token)
    if earlier := earlier_answers(request, submission.edition):
        response["Location"] += f"?since={earlier.day.isoformat()}"
    return response


def _stored(request: HttpRequest, edition: Edition, nonce: str) -> Submission:
    """Raises AnswersError."""
    store = partial(
        submission_create,
        edition=edition,
        answers=posted_answers(selectors.edition_definition(edition), request.POST),
        safety=posted_safety(request.POST),
        nonce=nonce,
    )
    if earlier := earlier_answers(request, edition):
        with suppress(IntegrityError):  # erased meanwhile
            return store(source=MEASURE_AGAIN, earlier=earlier)
    return store(source=source_of(request))


def _form_again(
    request: HttpRequest, edition: Edition, token: str, error: "StrOrPromise" = ""
) -> HttpResponse:
    """The form with the runner's answers and the errors to correct."""
    definition = selectors.edition_definition(edition)
    with use_language(definition.language):
        form = SelfCheckForm(definition, request.POST, edition=edition)
        if error:
            form.add_error(None, error)
        note = NO_NOTE
        if asks_again(request):
            note = start_note(request, edition, earlier_answers(request, edition))
        html = check_html(edition, fields_html(form), _token_field(token, note), faulty=True)
    return HttpResponse(html, status=422)


def _result(
    request: HttpRequest, submission: Submission, *, unprocessable: bool = False, **forms: Any
) -> HttpResponse:
    """The result page. `forms` are what the runner sent and must correct, for `result_page`."""
    definition = selectors.edition_definition(submission.edition)
    with use_language(definition.language):
        scored = selectors.submission_result(submission)
        response = result_page(request, submission, definition, scored, **forms)
    if unprocessable:
        response.status_code = 422
    return response


def _opened(token: FormToken | None, live: Edition) -> Edition | None:
    """The edition that the page was opened with, if it belongs to this self-check."""
    if token is None:
        return None
    if token.edition == live.pk:
        return live
    edition = selectors.edition_get(token.edition)
    return edition if edition and edition.assessment_id == live.assessment_id else None


def _token_field(token: str, note: SafeString = NO_NOTE) -> SafeString:
    """The hidden field and the note of a retest, the only parts of the page that differ."""
    return format_html('<input type="hidden" name="form_token" value="{}">{}', token, note)


def _submission(token: str) -> Submission:
    submission = selectors.submission_by_token(token)
    if submission is None:
        raise Http404
    return submission
