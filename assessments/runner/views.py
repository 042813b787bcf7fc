"""The way through a self-check: its questions, its result, and what is counted on the way."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
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
from assessments.analytics.utm import MEASURE_AGAIN, page_clean, source_of
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
    only_safety,
    start_note,
    too_early,
)
from assessments.scoring import AnswersError
from assessments.submissions.request_limits import (
    LimitReachedError,
    network_limits,
    request_take,
)
from assessments.submissions.services import (
    submission_add,
    submission_clear,
    submission_new,
    submission_store,
)
from runfit.lib.client_ip import client_network
from runfit.lib.hooks import call_hook
from runfit.lib.http import later, private_page, see_other
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
OPEN_FOR_LONG = _(
    "This page has been open for more than a day, so nothing was sent yet. Your answers are still "
    "here. Look them over and send them again."
)
MANY_HERE = _(
    "A lot of people on your network are taking this check right now, so we couldn't send yours. "
    "Your answers are still here. Wait %(minutes)s min and send them again, or turn off Wi-Fi and "
    "send them now."
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


# The result's secret URL is the only credential, as for asking for the guide.
@csrf_exempt
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


@csrf_exempt  # as for clearance
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def add_checks(request: HttpRequest, token: str) -> HttpResponse:
    """Add checks that the result offers. They make a new result, which is the runner's newest."""
    submission = _submission(token)
    is_over = submission.stopped or submission.awaits_clearance or submission.edition.recalled_at
    if request.method != "POST" or is_over:
        return see_other(submission)
    definition = selectors.edition_definition(submission.edition)
    answers = posted_checks(definition, request.POST)
    try:
        _take(request)
        added = submission_add(submission=submission, answers=answers)
    except LimitReachedError as limit:
        many = dict.fromkeys(answers, _many_here(submission.edition, limit))
        response = _result(request, submission, refused=(request.POST, many))
        return later(response, limit.retry_after)
    except AnswersError as error:
        refused = (request.POST, check_errors(definition, answers, error.errors))
        return _result(request, submission, unprocessable=True, refused=refused)
    except IntegrityError as error:  # erased meanwhile
        raise Http404 from error
    _call_hooks(request, added)
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
    source = beacon.source or page_clean(beacon.page)
    for step, item in beacon.steps:
        collector.add(
            step=step,
            item=item,
            edition=beacon.edition,
            source=source,
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
        if earlier and not only_safety(request) and (day := earliest_day(edition, earlier)):
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
    # A safety stop is never delayed.
    if not definition.safety.stopped_by(posted_safety(request.POST)):
        if token.too_young:
            return _form_again(request, opened, request.POST["form_token"], VERY_QUICK)
        if token.too_old:
            return _form_again(request, opened, form_token.issue(opened.pk), OPEN_FOR_LONG)
    try:
        submission = _scored(request, opened, token.nonce)
    except AnswersError:
        return _form_again(request, opened, request.POST["form_token"])
    try:
        _take(request)
    except LimitReachedError as limit:
        return _limited(request, submission, limit)
    submission_store(submission=submission, source=source_of(request))
    _call_hooks(request, submission)
    return _to_its_page(request, submission)


def _call_hooks(request: HttpRequest, submission: Submission) -> None:
    for hook in hooks.answers_stored:
        call_hook(hook, None, request, submission)


def _take(request: HttpRequest) -> None:
    """Count answers. Raises LimitReachedError if the network sent too many in this hour."""
    network, most = client_network(request), settings.ANSWER_LIMIT_NETWORK_HOUR
    request_take(limits=network_limits("answers", network, most))


def _limited(
    request: HttpRequest, submission: Submission, limit: LimitReachedError
) -> HttpResponse:
    """The form with the runner's answers, to send again later. A safety stop is shown at once,
    though it isn't stored."""
    if submission.stopped:
        _call_hooks(request, submission)  # one cancels the emails that a stop makes wrong
        submission.token = ""  # no page of its own
        return _result(request, submission)
    error = _many_here(submission.edition, limit)
    response = _form_again(request, submission.edition, request.POST["form_token"], error)
    return later(response, limit.retry_after)


def _many_here(edition: Edition, limit: LimitReachedError) -> str:
    with use_language(selectors.edition_definition(edition).language):
        return str(MANY_HERE % {"minutes": limit.minutes})


def _to_its_page(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Safety comes first, then what changed since the earlier answers."""
    if not submission.retest_of_id or submission.stopped or submission.awaits_clearance:
        return see_other(submission)
    response = see_other("assessments:then_and_now", submission.token)
    if earlier := earlier_answers(request, submission.edition):
        response["Location"] += f"?since={earlier.day.isoformat()}"
    return response


def _scored(request: HttpRequest, edition: Edition, nonce: str) -> Submission:
    """Raises AnswersError."""
    earlier = earlier_answers(request, edition)
    submission = submission_new(
        edition=edition,
        answers=posted_answers(selectors.edition_definition(edition), request.POST),
        safety=posted_safety(request.POST),
        nonce=nonce,
        source=MEASURE_AGAIN if earlier else source_of(request),
        earlier=earlier,
    )
    # Whoever came for the safety list alone and then went on came too early to be compared.
    if only_safety(request) and not (submission.stopped or submission.awaits_clearance):
        submission.retest_of_id, submission.source = None, source_of(request)
    return submission


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
