"""Views of training: days, sessions, pain, and what's kept with the link."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from assessments.submissions.request_limits import LimitReachedError
from guides.content.training import (
    MOST_BYTES,
    Record,
    RecordError,
    Session,
    Stage,
    WeeklyCheckIn,
    merged,
    parse_record,
    record_text,
    stopped_by,
    within,
)
from guides.content.training.weekdays import WEEK
from guides.runner.guide_views import PLAN_CHANGED, guide_page, limit_page
from guides.runner.training.forms import CheckInForm, PickForm, SessionForm, StageForm
from guides.runner.training.page import day_words, keep_question, training_context
from guides.runner.training.plans import start_of
from guides.runner.training.taps import Change, Tap, now, tap_of
from guides.training.services import (
    training_forget,
    training_keep,
    training_limit,
)
from runfit.lib.http import private_page, render_page, see_other
from runfit.lib.translation import use_language


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def training(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the end of today's session, as it's kept. A POST is one tap: it changes what's kept
    with the link, if the runner said that it may be. Without scripts it's a form; scripts send the
    whole record as `sync`, and get it back merged."""
    tap = tap_of(request, token)
    if tap is None:
        return see_other("guides:guide", token)
    if request.method != "POST":
        session = tap.record.session_on(tap.today)
        return _finish_page(tap, session) if session else _back(tap)
    try:
        training_limit(link=tap.link)
    except LimitReachedError as limit:
        return limit_page(request, limit, tap.content.language)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise BadRequest("Unknown action.")
    return action(tap)


def _sync(tap: Tap) -> HttpResponse:
    """Nothing is stored before the runner's yes."""
    sent = _sent_record(tap)
    record = tap.change(partial(merged, sent))
    kept = {"record": json.loads(record_text(record))} if record else {}
    return JsonResponse({"kept": bool(record), **kept})


def _keep(tap: Tap) -> HttpResponse:
    """The yes: with what the browser has, or, without scripts, with the days that are picked. Said
    once more on a page that's out of date, it only changes those."""
    if tap.request.POST.get("record"):
        record = _sent_record(tap)
    elif tap.link.training:
        return _pick(tap)
    else:
        form = PickForm(tap.request.POST, today=tap.today)
        if not form.is_valid():
            return _refused(tap, form)
        record = _started(form, tap)(Record())
    words = keep_question(tap.content.language).read(tap.request.POST.get("words", ""))
    training_keep(link=tap.link, record=record, words=words)
    return _back(tap)


def _pick(tap: Tap) -> HttpResponse:
    form = PickForm(tap.request.POST, today=tap.today)
    if not form.is_valid():
        return _refused(tap, form)
    tap.change(_started(form, tap))
    return _back(tap)


def _go_on(tap: Tap) -> HttpResponse:
    form = StageForm(tap.request.POST, plans=tap.plans)
    if not form.is_valid():
        raise BadRequest("There's no such block.")
    values = form.cleaned_data
    today = tap.today
    ended_today = tap.stop and tap.stop.on == today.isoformat()
    begins = today + timedelta(days=bool(tap.record.session_on(today) or ended_today))
    stage = Stage(
        plan=values["plan"],
        block=values["block"],
        week=values["week"] or 1,
        begins=begins.isoformat(),
    )
    wanted = (stage.plan, stage.block, stage.week)
    return _move(
        tap,
        lambda record: record.with_stage(stage, at=now()),
        is_there=lambda on: (on.plan, on.block, on.week) == wanted,
    )


def _go_back(tap: Tap) -> HttpResponse:
    """To the plan before this one, where it was."""
    return _move(
        tap,
        lambda record: within(record, tap.plans).with_plan_before(at=now()),
        is_there=lambda on: on.plan == tap.request.POST.get("plan"),
    )


def _move(tap: Tap, move: Change, *, is_there: Callable[[Stage], bool]) -> HttpResponse:
    """From the stage that the page was about. Tapped twice, or on a page that's out of date, it
    changes nothing, and says so unless the runner is there already."""
    leaves = tap.request.POST.get("stage", "")

    def move_once(record: Record) -> Record:
        stage = within(record, tap.plans).stage
        return move(record) if stage and stage.name == leaves else record

    record = tap.change(move_once)
    stage = within(record, tap.plans).stage if record else None
    return _back(tap, "" if stage is None or is_there(stage) else PLAN_CHANGED)


def _done(tap: Tap) -> HttpResponse:
    """Nothing is stored before the runner's yes: then the page just says what the pain asks for."""
    form = SessionForm(tap.request.POST, plans=tap.plans)
    if not form.is_valid():
        raise BadRequest("That's no session.")
    session = _session(form, tap.today)
    if tap.link.training:
        tap.change(lambda record: record.with_session(session))
        return see_other("guides:training", tap.token)
    tap.mind(Record(sessions=(session,)))
    return _finish_page(tap, session)


def _check_in(tap: Tap) -> HttpResponse:
    """After a week that got worse, the safety list comes first."""
    form = CheckInForm(tap.request.POST)
    if not form.is_valid():
        return guide_page(tap.request, tap.link, tap.token, check_in_form=form)
    check_in = WeeklyCheckIn(on=tap.today.isoformat(), at=now(), **form.cleaned_data)
    record = tap.change(lambda record: record.with_check_in(check_in))
    level = record.check_ins[-1].level if record else ""
    if check_in.feel == "worse" and not level:
        return see_other("guides:safety_list", tap.token)
    return _back(tap)


def _undo(tap: Tap) -> HttpResponse:
    """The last session wasn't done after all: today's, or the one whose pain ended the training."""
    day = tap.request.POST.get("on", "")
    tap.change(lambda record: record.without_session(day, at=now()))
    return _back(tap)


def _forget(tap: Tap) -> HttpResponse:
    if tap.link.training:
        training_forget(training=tap.link.training)
    return _back(tap)


ACTIONS = {
    "sync": _sync,
    "keep": _keep,
    "pick": _pick,
    "go_on": _go_on,
    "go_back": _go_back,
    "done": _done,
    "check_in": _check_in,
    "undo": _undo,
    "forget": _forget,
}


def _started(form: PickForm, tap: Tap) -> Change:
    """Before the first session, the start moves; after it, only the weekdays change. The plan is
    the page's, unless one is on already."""
    days, zone = form.cleaned_data["days"], form.cleaned_data["zone"]
    named = tap.request.POST.get("plan", "")
    start = start_of(tap.content, tap.plans, named if named in tap.plans else tap.link.profile)
    stage = Stage(**asdict(start), begins=form.cleaned_data["begins"])

    def change(record: Record) -> Record:
        on = within(record, tap.plans).stage
        if on and record.done:
            return record.with_days(days=days, zone=zone, at=now())
        first = replace(on, begins=stage.begins) if on else stage
        return record.with_start(first, days=days, zone=zone, at=now())

    return change


def _session(form: SessionForm, today: date) -> Session:
    values = form.cleaned_data
    return Session(
        on=form.day(today).isoformat(),
        plan=values["plan"],
        block=values["block"],
        pain=values["pain"],
        at=now(),
    )


def _sent_record(tap: Tap) -> Record:
    text = tap.request.POST.get("record", "")
    if len(text.encode()) > MOST_BYTES:
        raise BadRequest("That's too much for a record.")
    try:
        return parse_record(json.loads(text))
    except (RecordError, RecursionError, ValueError) as error:
        raise BadRequest("That's not a record of training.") from error


def _finish_page(tap: Tap, session: Session) -> HttpResponse:
    context: dict[str, Any] = {
        "token": tap.token,
        "content": tap.content,
        "session": session,
        "spread_next": "" if tap.link.training else _spread_next(tap, session),
        **training_context(tap.link, tap.token, tap.content),
    }
    template = "guides/training/finished.html"
    return render_page(tap.request, template, context, language=tap.content.language)


def _spread_next(tap: Tap, session: Session) -> str:
    """The day of the next session if they're spread over the week: nobody knows which days are
    picked. Blank if the pain ends the training."""
    if stopped_by(Record(sessions=(session,)), tap.stop_from):
        return ""
    block = tap.plans[session.plan].blocks[session.block - 1]
    days = timedelta(days=WEEK // block.days_per_week)
    with use_language(tap.content.language):
        return day_words((date.fromisoformat(session.on) + days).isoformat())


def _refused(tap: Tap, form: PickForm) -> HttpResponse:
    """The guide's page again, with what was picked and what's wrong with it."""
    return guide_page(tap.request, tap.link, tap.token, pick_form=form)


def _back(tap: Tap, query: str = "") -> HttpResponse:
    response = see_other("guides:guide", tap.token)
    response["Location"] += f"?{query}#today" if query else "#today"
    return response
