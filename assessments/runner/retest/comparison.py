"""Two visits in words: what moved, what stayed, what can't be compared, and what's next."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from assessments import selectors
from assessments.definition import Definition, Labels, Level, QuestionSpec, Retest, SafetyItemSpec
from assessments.runner.areas import answer_words
from assessments.scoring import RealMove, ScoreChange, ThenAndNow, real_change, then_and_now
from assessments.selectors import Visit, lead_words

NUMBER = re.compile(r"\d+")
WORSE = frozenset({"worse", "mixed"})


@dataclass(frozen=True, slots=True)
class MovedLine:
    """An answer that changed; `word` says how, and `note` whether that can be told."""

    question: str
    before: str
    after: str
    way: str
    word: str
    note: str


@dataclass(frozen=True, slots=True)
class AreaPair:
    """An area at both visits. Without both scores there are no bars, only `word`; `offer` says that
    the check can still be done."""

    label: str
    before: int | None
    after: int | None
    word: str
    offer: bool

    @property
    def has_bars(self) -> bool:
        return self.before is not None and self.after is not None


@dataclass(frozen=True, slots=True)
class SafetyLines:
    """A safety level and the lead words of its items."""

    level: Level
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """`to_result` leads to the new result, and `see_someone` says when to see a PT or doctor."""

    title: str
    texts: tuple[str, ...]
    to_result: bool
    see_someone: bool


@dataclass(frozen=True, slots=True)
class ComparedVisits:
    then: Visit
    now: Visit
    verdict: str
    headline: str
    weeks: int
    moved: tuple[MovedLine, ...]
    stayed: tuple[tuple[str, str], ...]
    areas: tuple[AreaPair, ...]
    skipped: tuple[str, ...]
    added: tuple[str, ...]
    not_compared: tuple[tuple[str, str], ...]
    recounted: bool
    next: NextStep
    safety: tuple[SafetyLines, ...]
    worse_since: date | None


def compared_visits(
    then: Visit, now: Visit, *, last: Visit, enough_done: bool | None = None
) -> ComparedVisits:
    """In the active language. `enough_done` says whether the runner did about 70% of the sessions
    in between or more, if that's known. Whatever got worse comes with the safety list: since
    `then`, or since the visit before `now`, which may have been a better one."""
    earlier, later = (selectors.edition_definition(visit.edition) for visit in (then, now))
    compared = _compared(then, now)
    days = (now.day - then.day).days
    worse = (visit.day for visit in (then, last) if _compared(visit, now).verdict in WORSE)
    worse_since = next(worse, None)
    return ComparedVisits(
        then=then,
        now=now,
        verdict=compared.verdict,
        headline=_headline(compared.verdict, later.retest),
        weeks=days // 7,
        moved=tuple(map(_moved_line, compared.moved)),
        stayed=tuple(
            (question.text, answer_words(question, answer)) for question, answer in compared.stayed
        ),
        areas=tuple(_areas(earlier, then, now, compared.areas)),
        skipped=_texts(compared.skipped),
        added=_texts(compared.added),
        not_compared=tuple(_not_compared(compared)),
        recounted=compared.recounted,
        next=_next_step(
            "worse" if worse_since else compared.verdict, then, now, later, enough_done
        ),
        safety=tuple(_safety(later)) if worse_since else (),
        worse_since=worse_since,
    )


def _compared(then: Visit, now: Visit) -> ThenAndNow:
    earlier, later = (selectors.edition_definition(visit.edition) for visit in (then, now))
    return then_and_now(earlier, later, then.answers.answers, now.answers.answers)


def _headline(verdict: str, retest: Retest | None) -> str:
    """The PT's own words, if she wrote them."""
    labels = (retest and retest.labels) or Labels()
    words = {
        "better": labels.better or _("Better than before"),
        "same": labels.same or _("About the same as before"),
        "worse": labels.worse or _("Some things got worse"),
        "mixed": _("Some things got better, some got worse"),
        "none": _("There's nothing to compare yet"),
    }
    return words[verdict]


def _moved_line(move: RealMove) -> MovedLine:
    question = move.question
    words = {"better": _("Better"), "worse": _("Worse"), "changed": _("Changed")}
    note = ""
    if question.kind == "scale":
        points = {"points": real_change(question)}
        note = (
            _("That's a real change: %(points)s points or more.") % points
            if move.real
            else _("Too small to tell. It takes %(points)s points or more.") % points
        )
    is_told = move.real or question.kind != "scale"
    return MovedLine(
        question=question.text,
        before=answer_words(question, move.before),
        after=answer_words(question, move.after),
        way=move.direction if is_told else "changed",
        word=words[move.direction] if is_told else _("About the same"),
        note=note,
    )


def _areas(
    earlier: Definition, then: Visit, now: Visit, changes: Mapping[str, ScoreChange]
) -> Iterator[AreaPair]:
    may_check = not now.answers.safety_level
    for dimension in earlier.dimensions:
        change = changes[dimension.key]
        was, is_ = (_is_measured(visit, dimension.key) for visit in (then, now))
        if change.before is not None and change.after is not None:
            word = ""
        elif was and not is_:
            word = _("Not checked this time")
        elif is_ and not was:
            word = _("Not checked last time")
        else:
            word = _("Can't be compared") if was else _("Not checked yet")
        yield AreaPair(
            label=dimension.label,
            before=None if word else change.before,
            after=None if word else change.after,
            word=word,
            offer=may_check and bool(word) and not is_,
        )


def _is_measured(visit: Visit, dimension: str) -> bool:
    scores = visit.answers.result["dimensions"]
    return dimension in scores and scores[dimension]["score"] is not None


def _texts(questions: tuple[QuestionSpec, ...]) -> tuple[str, ...]:
    return tuple(question.text for question in questions)


def _not_compared(compared: ThenAndNow) -> Iterator[tuple[str, str]]:
    for questions, why in (
        (compared.asked_anew, _("We ask this in other words now, so the answers may not match.")),
        (compared.gone, _("We don't ask this anymore.")),
        (compared.new, _("We didn't ask this last time.")),
    ):
        yield from ((question.text, why) for question in questions)


def _next_step(
    verdict: str, then: Visit, now: Visit, later: Definition, enough_done: bool | None
) -> NextStep:
    was, is_ = (
        selectors.edition_definition(visit.edition).profile(visit.answers.profile).heading
        for visit in (then, now)
    )
    new_type = then.answers.profile != now.answers.profile
    told = (_("Your result type was “%(was)s”. Now it's “%(now)s”.") % {"was": was, "now": is_},)
    if verdict in WORSE:
        text = _("Show them this page. Until then, leave out what hurts.")
        return NextStep(_("See a PT or doctor"), (text,), to_result=False, see_someone=True)
    if verdict == "none":
        text = _("Your new result stands by itself. Do the checks that it offers.")
        return NextStep(_("Look at your new result"), (text,), to_result=True, see_someone=False)
    if verdict == "better" and new_type:
        text = _("The plan for your new result type picks up from here.")
        title = _("Move on to your next plan")
        return NextStep(title, (*told, text), to_result=True, see_someone=False)
    if verdict == "better":
        text = _("Your result type is still “%(now)s”, so its plan still fits.") % {"now": is_}
        return NextStep(_("Stay with your plan"), (text,), to_result=False, see_someone=False)
    weeks = (now.day - then.day).days // 7
    advice = _if_no_change(later.retest or Retest(), weeks, enough_done)
    return NextStep(
        _("What to do if nothing changed") if advice else _("Stay with your plan"),
        (
            *(told if new_type else ()),
            *(advice or (_("Give it a few more weeks, then take the check again."),)),
        ),
        to_result=new_type,
        see_someone=bool(advice),
    )


def _if_no_change(retest: Retest, weeks: int, enough_done: bool | None) -> tuple[str, ...]:
    """The PT's advice for the time that has passed, by the sessions done if they're known and she
    wrote words for that. Her times are words; the number is in weeks."""
    advice = retest.if_no_change or {}
    due = {
        int(number[0]): after
        for after in advice
        if (number := NUMBER.search(after)) and int(number[0]) <= weeks
    }
    if not due:
        return ()
    after = due[max(due)]
    by_sessions = {True: retest.if_enough_done, False: retest.if_few_done, None: None}
    return ((by_sessions[enough_done] or {}).get(after) or advice[after],)


def _safety(definition: Definition) -> Iterator[SafetyLines]:
    """The safety list, most serious first."""
    levels = sorted(definition.safety.levels.items(), key=lambda level: -level[1].rank)
    for key, level in levels:
        items = [item for item in definition.safety.items if item.level == key]
        if items:
            yield SafetyLines(level, tuple(map(_lead, items)))


def _lead(item: SafetyItemSpec) -> str:
    return selectors.emergency_text(lead_words(item.text))
