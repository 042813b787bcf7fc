"""Today on the guide's pages: what the record says about it, in words and as data for scripts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.definition import Definition
from assessments.selectors import emergency_text
from guides import selectors
from guides.consents.wording import ConsentQuestion
from guides.content import BlockContent, GuideContent, PlanContent
from guides.content.training import (
    Record,
    Today,
    back_to_back,
    record_text,
    spread_days,
    today,
    within,
)
from guides.models import DownloadLink
from guides.runner.training.pain import definition_of, pain_advice, stop_from
from guides.runner.training.plans import (
    current_plan,
    plan_path,
    record_of,
    runner_today,
    session_path,
    start_of,
)
from runfit.lib.translation import use_language

EARLIEST, LATEST = timedelta(days=42), timedelta(days=60)
"""How far from today a start can be: who trained on paper so far may say so."""
STRENGTH = 3
"""The phase whose sessions need two days from one to the next."""
SUNDAY_FIRST = date(2023, 1, 1)
"""A Sunday, so that ISO weekdays are its days of January, counted from 0."""

NO_LEVEL = {"title": "", "url": "", "stops": True}


@dataclass(frozen=True, slots=True)
class Shown:
    """A day with the words of its block, as the page and the script fill them in. `then` is the
    next block, or the next plan; `before` the plan before this one, to go back to; `other` the plan
    that the day is about if the page is about another one."""

    url: str = ""
    weeks: str = ""
    goal: str = ""
    effort: str = ""
    move_on_if: str = ""
    then_plan: str = ""
    then_block: int = 0
    then_week: int = 1
    then_weeks: str = ""
    then_goal: str = ""
    back_weeks: str = ""
    before: str = ""
    before_plan: str = ""
    other: str = ""
    other_url: str = ""


def training_name(link: DownloadLink) -> str:
    """The same for all links to the plan of these answers: a new link goes on with what a browser
    remembers. It tells nothing."""
    own = f"{link.contact_id} {link.submission_id} {link.profile}"
    return salted_hmac("guides.training", own).hexdigest()[:16]


def keep_question(language: str) -> ConsentQuestion:
    """Whether to keep what the browser has."""
    with use_language(language):
        return ConsentQuestion(
            "training",
            (
                _(
                    "Save it with your link, and it's there on your other devices and for your "
                    "next check. We then keep your training days, sessions, pain from 0 to 10, "
                    "weekly check-ins with what the safety list said, and time zone. Anyone with "
                    "your link can see them. They never go to our newsletter tool. You can stop "
                    "any time, and we delete them."
                ),
            ),
            _("Save with my link"),
        )


def training_context(
    link: DownloadLink,
    token: str,
    content: GuideContent,
    plan: str = "",
    *,
    pick_form: BaseForm | None = None,
    check_in_form: BaseForm | None = None,
) -> dict[str, Any]:
    """For the pages that show today, each with the `plan` that it's about. Empty without a plan. A
    form that's given was refused."""
    plans = selectors.plans_of(link, content)
    if not plans:
        return {}
    record = record_of(link)
    known = within(record, plans)
    page = plan or current_plan(link, content)
    day = runner_today(record)
    advice = pain_advice(link, content.shared_rules.pain_rule)
    stop = stop_from(advice)
    now = today(record, plans, day, stop_from=stop)
    with use_language(content.language):
        blocks = {key: list(_blocks(link, token, key, content)) for key in plans}
        about = _about(token, plans, content)
        first = plans[page].blocks[about[page]["start"]["block"] - 1]
        question = keep_question(content.language)
        levels = stop_levels(definition_of(link), token)
        return {
            **_check_in_context(link, record, now, check_in_form),
            "stop_level": levels.get(now.level, NO_LEVEL),
            "undo_on": record.done[-1].on if record.done else "",
            "may_undo": now.state == "done" or (now.state == "stopped" and _hurt(record, stop)),
            "now": now,
            "pain_advice": advice,
            "stop_from": stop,
            "shown": _shown(now, known, blocks, about, page),
            "start": about[page]["start"] if page != link.profile else None,
            "may_start": _may_start(now, known, page),
            "kept": link.training is not None,
            "keep": question,
            "pain_scale": range(11),
            "dots": range(1, now.of + 1),
            "has_sessions": bool(known.schedule and record.done),
            "content_days": days_words(first),
            "back_to_back": _needs_rest(record, blocks.get(now.plan, [])[now.block - 1 :]),
            "weekdays": weekdays(_picked_days(record, first, pick_form)),
            "begins": pick_form["begins"].value() if pick_form else day.isoformat(),
            "earliest": (day - EARLIEST).isoformat(),
            "latest": (day + LATEST).isoformat(),
            "pick_errors": pick_form.errors if pick_form else {},
            "next_words": day_words(now.next),
            "ends_words": day_words(now.ends),
            "training_data": {
                "name": training_name(link),
                "guide": link.edition.guide.slug,
                "link": reverse("guides:guide", args=[token]),
                "page": page,
                "about": about,
                "stop_from": stop,
                "kept": link.training is not None,
                "levels": levels,
                "feels": feel_words(),
                "record": json.loads(record_text(record)),
                "plans": blocks,
            },
        }


def _check_in_context(
    link: DownloadLink, record: Record, now: Today, refused: BaseForm | None
) -> dict[str, Any]:
    """The weekly check-in. Without its words in the self-check, nobody is asked."""
    definition = definition_of(link)
    retest = definition.retest if definition else None
    check_in = now.check_in
    return {
        "check_in_intro": retest.weekly if retest else "",
        "checked_in_today": check_in.on == runner_today(record).isoformat(),
        "next_check_in": day_words(check_in.next),
        "feel": feel_words().get(check_in.feel, ""),
        "feels": feel_words().items(),
        "check_in_pain": refused["pain"].value() if refused else None,
        "check_in_errors": refused.errors if refused else {},
    }


def _hurt(record: Record, stop: int | None) -> bool:
    """Whether the last session's pain was enough to end the training."""
    return bool(record.done and stop is not None and record.done[-1].pain >= stop)


def feel_words() -> dict[str, str]:
    return {"better": _("Better"), "same": _("Same"), "worse": _("Worse")}


def stop_levels(definition: Definition | None, token: str) -> dict[str, dict[str, Any]]:
    """The safety levels that the list can lead to, for the page and the script."""
    levels = definition.safety.levels if definition else {}
    return {
        key: {
            "title": emergency_text(level.title),
            "url": reverse("guides:safety_level", args=[token, key]),
            "stops": level.stops,
        }
        for key, level in levels.items()
    }


def _needs_rest(record: Record, to_come: list[dict[str, Any]]) -> bool:
    """Whether strength sessions would fall on days in a row."""
    days = record.schedule.days if record.schedule else ()
    return any(
        block["strength"] and back_to_back(days, block["days_per_week"]) for block in to_come
    )


def _picked_days(record: Record, first: BlockContent, refused: BaseForm | None) -> tuple[int, ...]:
    """The weekdays that are picked, or those that go with the plan's first block."""
    if refused:
        return tuple(int(day) for day in refused["days"].value() if day in {*"1234567"})
    if record.schedule:
        return record.schedule.days
    return spread_days(first.days_per_week)


def weekdays(picked: tuple[int, ...]) -> list[tuple[int, str, bool]]:
    """Each weekday with its name, and whether it's picked."""
    return [
        (number, date_format(SUNDAY_FIRST.replace(day=number + 1), "D"), number in picked)
        for number in range(1, 8)
    ]


def day_words(day: str) -> str:
    """“Wednesday, December 2”, in the active language."""
    if not day:
        return ""
    made = date.fromisoformat(day)
    return f"{date_format(made, 'l')}, {date_format(made, 'MONTH_DAY_FORMAT')}"


def days_words(block: BlockContent) -> str:
    """“6 sessions a week”."""
    number = block.days_per_week
    words = ngettext("one session a week", "%(number)s sessions a week", number)
    return words % {"number": number}


def _blocks(
    link: DownloadLink, token: str, key: str, content: GuideContent
) -> Iterator[dict[str, Any]]:
    plan = content.plan(key)
    for number, block in enumerate(plan.blocks if plan else (), start=1):
        yield {
            "weeks": block.weeks,
            "days_per_week": block.days_per_week,
            "strength": any(
                content.exercise(step.id).phase == STRENGTH for step in block.exercises
            ),
            "label": weeks_words(block),
            "goal": block.goal,
            "effort": _("About %(minutes)s minutes, plus a warm-up") % {"minutes": block.minutes},
            "move_on_if": block.move_on_if,
            "url": session_path(link, token, key, number),
        }


def _about(
    token: str, plans: dict[str, PlanContent], content: GuideContent
) -> dict[str, dict[str, Any]]:
    """Each plan's name, page, and start, and the plan that comes after it."""
    return {
        key: {
            "name": plan.name,
            "url": plan_path(token, key),
            "start": asdict(start_of(content, plans, key)),
            "next": plan.next_plan if plan.next_plan in plans else "",
        }
        for key, plan in plans.items()
    }


def weeks_words(block: BlockContent) -> str:
    first, last = block.weeks
    if first == last:
        return _("Week %(first)s") % {"first": first}
    return _("Weeks %(first)s to %(last)s") % {"first": first, "last": last}


def _shown(
    now: Today,
    record: Record,
    plans: Mapping[str, list[dict[str, Any]]],
    about: Mapping[str, dict[str, Any]],
    page: str,
) -> Shown:
    blocks = plans.get(now.plan) or plans[page]
    block = blocks[now.block - 1]
    before = about.get(record.plan_before)
    other = about[now.plan] if now.plan and now.plan != page else None
    return Shown(
        url=block["url"],
        weeks=block["label"],
        goal=block["goal"],
        effort=block["effort"],
        move_on_if=block["move_on_if"],
        **_then(now, plans, about),
        back_weeks=blocks[now.back_block - 1]["label"],
        before=before["name"] if before else "",
        before_plan=record.plan_before,
        other=other["name"] if other else "",
        other_url=other["url"] if other else "",
    )


def _then(
    now: Today, plans: Mapping[str, list[dict[str, Any]]], about: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """The plan's next block, or after the last one, the next plan."""
    if not now.plan:
        return {}
    blocks, next_plan = plans[now.plan], about[now.plan]["next"]
    start: dict[str, Any]
    if now.block < len(blocks):
        start, label = {"plan": now.plan, "block": now.block + 1, "week": 1}, ""
    elif next_plan:
        start, label = about[next_plan]["start"], about[next_plan]["name"]
    else:
        return {}
    block = plans[start["plan"]][start["block"] - 1]
    words = {"then_weeks": label or block["label"], "then_goal": block["goal"]}
    return {**{f"then_{name}": value for name, value in start.items()}, **words}


def _may_start(now: Today, record: Record, page: str) -> bool:
    """Whether a page's plan is one that the runner hasn't got to yet."""
    stages = record.schedule.stages if record.schedule else ()
    is_new = page not in {stage.plan for stage in stages}
    return bool(stages) and is_new and now.state != "stopped"
