"""Validates references within a file: every referenced key must exist, and be unique."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assessments.definition.conditions import (
    AnswerCondition,
    ChoiceCondition,
    Condition,
    ConfidenceCondition,
    ScoreCondition,
    Shape,
)
from assessments.definition.shapes import (
    Definition,
    NoticeSpec,
    ProfileSpec,
    QuestionSpec,
    Retest,
)
from runfit.lib.json_format.faults import Fault, missing, repeated, shown, unknown
from runfit.lib.messages import message as _

# The names of other fields in the self-check's form.
RESERVED_QUESTION_KEYS = frozenset({"safety", "csrfmiddlewaretoken", "form_token"})
# The checkbox for "none of these".
RESERVED_SAFETY_KEYS = frozenset({"none"})

THERE_IS_NO = {
    "question": _("there is no question “{name}”."),
    "earlier question": _("there is no earlier question “{name}”."),
    "dimension": _("there is no dimension “{name}”."),
    "level": _("there is no level “{name}”."),
    "faq": _("there is no faq “{name}”."),
    "choice": _("there is no choice “{name}”."),
    "time": _("there is no “{name}” in “if_no_change”."),
}
NO_EARLIER_QUESTION = THERE_IS_NO["earlier question"]
NEEDED_OF_SCALE = _("must use “at_least” or “at_most”, as “{name}” is a scale.")
NEEDED_OF_CHOICE = _("must use “in” or “not_in”, as “{name}” isn't a scale.")

# The most characters of a case's name.
LONGEST_NAME = 200

# The keys of questions with choices, and of those on a scale.
CHOICE = ("choices",)
SCALE = ("minimum", "maximum", "bands")
SCALE_ENDS = ("low_label", "high_label")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition can refer to."""

    questions: Mapping[str, QuestionSpec]
    dimensions: Collection[str]
    question_label: str = "question"


def reference_faults(definition: Definition) -> Iterator[Fault]:
    """Faults in the references between parts of a definition."""
    scope = Scope(
        {question.key: question for question in definition.questions},
        {dimension.key for dimension in definition.dimensions},
    )
    yield from _dimensions(definition)
    yield from _confidence(definition)
    yield from _safety(definition, scope)
    yield from _questions(definition, scope)
    yield from _rules("profiles", definition.profiles, scope)
    yield from _rules("notices", definition.notices, scope)
    yield from _faq(definition)
    yield from _cases(definition)
    yield from _retest(definition.retest or Retest())
    if not definition.profiles:
        yield Fault("profiles", _("must not be empty."))
    if definition.next_check == definition.slug:
        yield Fault("next_check", _("must be another self-check than this one."))


def _retest(retest: Retest) -> Iterator[Fault]:
    for name, texts in (
        ("if_few_done", retest.if_few_done),
        ("if_enough_done", retest.if_enough_done),
    ):
        for after in texts or ():
            if after not in (retest.if_no_change or ()):
                yield _missing(f"retest.{name}.{shown(after)}", "time", after)


def _dimensions(definition: Definition) -> Iterator[Fault]:
    yield from repeated("dimensions", definition.dimensions)
    sides = sorted(
        dimension.balance.side for dimension in definition.dimensions if dimension.balance
    )
    if sides not in ([], ["back", "front"]):
        yield Fault("dimensions", _("must have a “balance” of both sides, each once, or of none."))
    if not any(dimension.weight for dimension in definition.dimensions):
        yield Fault("dimensions", _("must have at least one weight above 0."))


def _confidence(definition: Definition) -> Iterator[Fault]:
    percents = definition.confidence
    if not percents.high >= percents.medium >= percents.low:
        yield Fault("confidence", _("must not rise from “high” to “medium” to “low”."))


def _safety(definition: Definition, scope: Scope) -> Iterator[Fault]:
    safety = definition.safety
    yield from repeated("safety.items", safety.items)
    ranks = [level.rank for level in safety.levels.values()]
    if len(set(ranks)) < len(ranks):
        yield Fault("safety.levels", _("must each have a “rank” of their own."))
    for index, item in enumerate(safety.items):
        where = f"safety.items[{index}]"
        yield from _reserved(where, item.key, RESERVED_SAFETY_KEYS)
        yield from _level(where, item.level, safety.levels)
    for index, derived in enumerate(safety.derived):
        where = f"safety.derived[{index}]"
        yield from _level(where, derived.level, safety.levels)
        yield from _conditions(f"{where}.when", derived.when, scope)


def _level(where: str, level: str, levels: Collection[str]) -> Iterator[Fault]:
    if level not in levels:
        yield _missing(f"{where}.level", "level", level)


def _questions(definition: Definition, scope: Scope) -> Iterator[Fault]:
    yield from repeated("questions", definition.questions)
    if not definition.questions:
        yield Fault("questions", _("must not be empty."))
    earlier: dict[str, QuestionSpec] = {}
    earlier_scope = Scope(earlier, scope.dimensions, "earlier question")
    for index, question in enumerate(definition.questions):
        where = f"questions[{index}]"
        yield from _reserved(where, question.key, RESERVED_QUESTION_KEYS)
        yield from _conditions(f"{where}.show_if", question.show_if, earlier_scope)
        own, other = (SCALE, CHOICE) if question.kind == "scale" else (CHOICE, SCALE + SCALE_ENDS)
        yield from [*_key_faults(where, question, own, other)] or _options(where, question, scope)
        earlier[question.key] = question


def _options(where: str, question: QuestionSpec, scope: Scope) -> Iterator[Fault]:
    kind = "bands" if question.kind == "scale" else "choices"
    where = f"{where}.{kind}"
    yield from repeated(where, question.choices)
    yield from _spots(where, question)
    yield from _several(where, question)
    yield from _bands(where, question) if question.kind == "scale" else ()
    if not question.options:
        yield Fault(where, _("must not be empty."))
    for index, option in enumerate(question.options):
        for dimension in option.points:
            if dimension not in scope.dimensions:
                name = shown(dimension)
                yield _missing(f"{where}[{index}].points.{name}", "dimension", dimension)


def _spots(where: str, question: QuestionSpec) -> Iterator[Fault]:
    for index, choice in enumerate(question.choices):
        if choice.spot and not question.drawing:
            yield Fault(f"{where}[{index}].spot", _("needs a “drawing” of its question."))


def _several(where: str, question: QuestionSpec) -> Iterator[Fault]:
    for index, choice in enumerate(question.choices):
        if question.kind == "several" and choice.points:
            place = f"{where}[{index}].points"
            yield Fault(place, _("must be empty, since runners can pick more than one answer."))
        if question.kind != "several" and choice.alone:
            yield Fault(f"{where}[{index}].alone", _("needs a question of the kind “several”."))


def _bands(where: str, question: QuestionSpec) -> Iterator[Fault]:
    bands = sorted(question.bands, key=lambda band: band.from_)
    if any(band.from_ > band.to for band in bands):
        yield Fault(where, _("must each run from a smaller to a larger number."))
    for before, after in pairwise(bands):
        if after.from_ <= before.to:
            yield Fault(where, _("overlap at {number}.", number=after.from_))
        elif after.from_ > before.to + 1:
            message = _(
                "leave a gap between {first} and {second}.", first=before.to, second=after.from_
            )
            yield Fault(where, message)
    ends = (bands[0].from_, bands[-1].to) if bands else None
    if ends and ends != (question.minimum, question.maximum):
        message = _(
            "must run from {first} to {last}.", first=question.minimum, last=question.maximum
        )
        yield Fault(where, message)


def _rules(where: str, owners: Sequence[ProfileSpec | NoticeSpec], scope: Scope) -> Iterator[Fault]:
    yield from repeated(where, owners)
    for index, owner in enumerate(owners):
        for number, alternative in enumerate(owner.rule):
            yield from _conditions(f"{where}[{index}].rule[{number}]", alternative, scope)


def _faq(definition: Definition) -> Iterator[Fault]:
    yield from repeated("faq", definition.faq)
    faq_keys = {faq.key for faq in definition.faq}
    for index, profile in enumerate(definition.profiles):
        for key in profile.faq or ():
            if key not in faq_keys:
                yield _missing(f"profiles[{index}].faq.{shown(key)}", "faq", key)
    for index, notice in enumerate(definition.notices):
        if notice.faq and notice.faq not in faq_keys:
            yield _missing(f"notices[{index}].faq", "faq", notice.faq)
        if notice.faq and notice.in_why:
            yield Fault(f"notices[{index}].in_why", _("can't be true where there's a “faq”."))


def _cases(definition: Definition) -> Iterator[Fault]:
    """Whatever else a case names may be gone: the case fails then."""
    yield from repeated("cases", definition.cases, "name")
    for index, case in enumerate(definition.cases):
        if not 0 < len(case.name) <= LONGEST_NAME:
            message = _("must have 1 to {number} characters.", number=LONGEST_NAME)
            yield Fault(f"cases[{index}].name", message)
        if case.example and case is not definition.example:
            yield Fault(f"cases[{index}].example", _("is true for an earlier case already."))


def _conditions(where: str, conditions: Iterable[Condition], scope: Scope) -> Iterator[Fault]:
    for index, condition in enumerate(conditions):
        yield from _condition(f"{where}[{index}]", condition, scope)


def _condition(where: str, condition: Condition, scope: Scope) -> Iterator[Fault]:
    if isinstance(condition, ConfidenceCondition):
        return
    if isinstance(condition, ScoreCondition):
        yield from _score(where, condition, scope)
    elif condition.answer in scope.questions:
        yield from _answer(where, condition, scope.questions[condition.answer])
    else:
        yield _missing(f"{where}.answer", scope.question_label, condition.answer)


def _score(where: str, condition: ScoreCondition, scope: Scope) -> Iterator[Fault]:
    if condition.score not in scope.dimensions:
        yield _missing(f"{where}.score", "dimension", condition.score)
    if condition.unmeasured:
        yield from _key_faults(where, condition, (), ("below", "at_least"))
    elif condition.below is None and condition.at_least is None:
        yield Fault(where, _("needs “below”, “at_least” or “unmeasured”."))


def _answer(where: str, condition: AnswerCondition, question: QuestionSpec) -> Iterator[Fault]:
    if isinstance(condition, ChoiceCondition) == (question.kind == "scale"):
        template = NEEDED_OF_SCALE if question.kind == "scale" else NEEDED_OF_CHOICE
        yield Fault(where, _(template, name=shown(question.key)))
    elif isinstance(condition, ChoiceCondition):
        own, other = (("in",), ()) if condition.not_in is None else ((), ("in",))
        yield from _key_faults(where, condition, own, other)
        choices = {choice.key for choice in question.choices}
        kind = "not_in" if condition.in_ is None else "in"
        for index, key in enumerate(condition.in_ or condition.not_in or ()):
            if key not in choices:
                yield _missing(f"{where}.{kind}[{index}]", "choice", key)


def _key_faults(
    where: str, shape: Shape, own: Sequence[str], other: Sequence[str]
) -> Iterator[Fault]:
    """Keys that the type makes optional, but other keys make required or forbidden."""
    yield from (missing(where, key) for key in own if key in shape.absent)
    yield from (unknown(where, key) for key in other if key not in shape.absent)


def _missing(where: str, kind: str, key: str) -> Fault:
    return Fault(where, _(THERE_IS_NO[kind], name=shown(key)))


def _reserved(where: str, key: str, reserved: Collection[str]) -> Iterator[Fault]:
    if key in reserved:
        yield Fault(f"{where}.key", _("“{name}” is reserved. Choose another key.", name=key))
