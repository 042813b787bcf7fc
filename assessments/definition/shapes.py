"""The structure of an assessment file. Fields are in the order of the keys.

Scoring ignores these optional keys: headline, benefit, next_check, a question's drawing and the
words at the ends of its scale, a choice's spot on it, a profile's headline and picture, faq, a
dimension's balance, groups and notes of the safety list, why, a notice's place, and cases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from assessments.definition.cases import CaseSpec
from assessments.definition.conditions import (
    Answer,
    AnswerCondition,
    Percent,
    Points,
    Rule,
    Shape,
    Signed,
    Whole,
)
from runfit.lib.json_format.checks import Key, Language, Refused, within
from runfit.lib.json_format.foreign_texts import joined
from runfit.lib.svg.validation import svg_fault


def safe_svg(text: str) -> str:
    if fault := svg_fault(text):
        raise Refused(fault)
    return text


@dataclass(frozen=True, kw_only=True)
class Balance(Shape):
    """The side of the hip that a score is about, for the picture that compares both sides. Either
    both sides have one dimension, or neither does."""

    side: Literal["front", "back"]
    label: str


@dataclass(frozen=True, kw_only=True)
class DimensionSpec(Shape):
    key: Key
    label: str
    plain: str
    weight: Whole
    balance: Balance | None = None


@dataclass(frozen=True, kw_only=True)
class Confidence(Shape):
    """The minimum coverage in percent for a score to have this confidence."""

    high: Percent
    medium: Percent
    low: Percent


@dataclass(frozen=True, kw_only=True)
class SafetyItemSpec(Shape):
    """Consecutive items of one `group` are one short screen under that heading. `note` is shown to
    those who checked the item."""

    key: Key
    level: Key
    text: str
    why: str
    group: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Derived(Shape):
    """A rule that sets a safety level based on answers. `note` is shown to those it applies to."""

    level: Key
    when: tuple[AnswerCondition, ...]
    why: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Level(Shape):
    rank: Whole
    scores: Literal["hidden", "after_clearance"]
    guide: Literal["never", "after_clearance"]
    title: str
    body: str
    tell_them: str = ""
    note: str = ""

    @property
    def stops(self) -> bool:
        """Whether this level ends the self-check at once: no score, no guide."""
        return self.scores == "hidden"


@dataclass(frozen=True, kw_only=True)
class Safety(Shape):
    intro: str
    none_label: str
    items: tuple[SafetyItemSpec, ...]
    derived: tuple[Derived, ...]
    levels: Mapping[str, Level]

    @cached_property
    def _items(self) -> dict[str, SafetyItemSpec]:
        return {item.key: item for item in self.items}

    def item(self, key: str) -> SafetyItemSpec:
        return self._items[key]

    def has_item(self, key: str) -> bool:
        return key in self._items

    def stopped_by(self, ticked: Iterable[str]) -> bool:
        """Whether any of these items ends the self-check."""
        items = (self.item(key) for key in ticked if self.has_item(key))
        return any(self.level(item.level).stops for item in items)

    def level(self, key: str) -> Level:
        return self.levels[key]


@dataclass(frozen=True, kw_only=True)
class ChoiceSpec(Shape):
    """`spot` is its position on the question's drawing, in percent from the left and top. Where
    several choices can be picked, one that stands `alone` can't go with others."""

    key: Key
    label: str
    points: Points
    spot: tuple[Percent, Percent] | None = None
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class BandSpec(Shape):
    from_: Signed
    to: Signed
    points: Points


Option: TypeAlias = ChoiceSpec | BandSpec


@dataclass(frozen=True, kw_only=True)
class Drawing(Shape):
    """`svg` is safe to embed in a page (see `svg_fault`); `alt` is its text alternative."""

    alt: str
    svg: Annotated[str, safe_svg]


@dataclass(frozen=True, kw_only=True)
class QuestionSpec(Shape):
    """`low_label` and `high_label` say what the lowest and the highest number of a scale mean."""

    key: Key
    kind: Literal["choice", "several", "scale"]
    text: str
    help: str = ""
    show_if: tuple[AnswerCondition, ...] = ()
    optional: bool = False
    group: str = ""
    compare_on_retest: bool = True
    minimum: Signed = 0
    maximum: Signed = 0
    low_label: str = ""
    high_label: str = ""
    bands: tuple[BandSpec, ...] = ()
    choices: tuple[ChoiceSpec, ...] = ()
    drawing: Drawing | None = None
    how_to: tuple[str, ...] = ()
    skip_if: str = ""
    basis: str = ""
    source: str = ""

    @property
    def options(self) -> tuple[Option, ...]:
        return self.choices or self.bands

    @cached_property
    def _choices(self) -> dict[str, ChoiceSpec]:
        return {choice.key: choice for choice in self.choices}

    @cached_property
    def largest(self) -> Mapping[str, int]:
        """The most points an answer can give, by dimension."""
        largest: dict[str, int] = {}
        for option in self.options:
            for dimension, points in option.points.items():
                if points is not None:
                    largest[dimension] = max(points, largest.get(dimension, 0))
        return largest

    def option(self, answer: object) -> Option | None:
        """The choice or band for an answer; None if there isn't one, or several are picked."""
        if self.kind == "choice":
            return self._choices.get(answer) if isinstance(answer, str) else None
        if self.kind == "several" or not isinstance(answer, int) or isinstance(answer, bool):
            return None
        return next((band for band in self.bands if band.from_ <= answer <= band.to), None)

    def valid_answer(self, answer: object) -> Answer | None:
        """The answer as it's stored; None if it's invalid."""
        if self.kind == "several":
            return self._several(answer)
        is_valid = self.option(answer) is not None
        return answer if is_valid and isinstance(answer, str | int) else None

    def answer_label(self, answer: Answer) -> str:
        """A valid answer in the words of its choices, or its number."""
        keys = (answer,) if isinstance(answer, str | int) else answer
        labels = (self._choices[key].label if key in self._choices else str(key) for key in keys)
        return joined(", ", labels)

    def _several(self, answer: object) -> Answer | None:
        """The picked keys without duplicates, in the order of the choices."""
        if not isinstance(answer, list | tuple) or not answer:
            return None
        if not all(isinstance(key, str) and key in self._choices for key in answer):
            return None
        picked = tuple(choice for choice in self.choices if choice.key in answer)
        if len(picked) > 1 and any(choice.alone for choice in picked):
            return None
        return tuple(choice.key for choice in picked)


@dataclass(frozen=True, kw_only=True)
class ProfileSpec(Shape):
    """`headline` is one or two words that stand out on the result. `faq` maps FAQ keys to this
    profile's own answers."""

    key: Key
    start_phase: Annotated[int, within(1, 3)]
    rule: Rule
    title: str
    headline: str = ""
    summary: str
    first_step: str
    honest_note: str
    see_someone_if: str
    picture: Drawing | None = None
    faq: Mapping[str, str] | None = None

    @property
    def heading(self) -> str:
        return self.headline or self.title


@dataclass(frozen=True, kw_only=True)
class NoticeSpec(Shape):
    """`faq` is the key of the FAQ that it adds to; it is then shown only there. With `in_why`, it's
    shown at the end of the why. Without `in_guide`, the guide doesn't repeat it."""

    key: Key
    rule: Rule
    text: str
    faq: Key = ""
    in_why: bool = False
    in_guide: bool = True


@dataclass(frozen=True, kw_only=True)
class FaqSpec(Shape):
    """A question that runners often ask, and the default answer."""

    key: Key
    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Why(Shape):
    """The idea behind the plan, shown on every result. `text` and `more` hold paragraphs; results
    fold `more`, under its title."""

    title: str
    text: str
    more_title: str = ""
    more: str = ""

    @property
    def whole(self) -> str:
        return joined("\n\n", filter(None, (self.text, self.more)))


@dataclass(frozen=True, kw_only=True)
class Labels(Shape):
    better: str = ""
    same: str = ""
    worse: str = ""


@dataclass(frozen=True, kw_only=True)
class Retest(Shape):
    """`if_no_change` says what to do by how long it's been, in words with a number of weeks. Where
    the sessions since then are known, `if_few_done` (under 70% of them) and `if_enough_done` go
    before it."""

    weekly: str = ""
    full: tuple[str, ...] = ()
    earliest_days: Whole | None = None
    compare: str = ""
    labels: Labels | None = None
    always_show: str = ""
    if_no_change: Mapping[str, str] | None = None
    if_few_done: Mapping[str, str] | None = None
    if_enough_done: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Disclaimers(Shape):
    top: str = ""
    before_exercise: str = ""
    emergency: str = ""
    evidence: str = ""
    privacy: str = ""


@dataclass(frozen=True, kw_only=True)
class Definition(Shape):
    """The complete, immutable content of an edition. Created by `parse`. `headline` and `benefit`
    are the large words of its first page. `next_check` is the slug of the self-check that its
    results offer."""

    slug: Key
    language: Language = "en"
    title: str
    headline: str = ""
    benefit: str = ""
    minutes: Whole | None = None
    statement: str
    direction: str = ""
    next_check: Key = ""
    dimensions: tuple[DimensionSpec, ...]
    confidence: Confidence
    safety: Safety
    questions: tuple[QuestionSpec, ...]
    profiles: tuple[ProfileSpec, ...]
    notices: tuple[NoticeSpec, ...] = ()
    faq: tuple[FaqSpec, ...] = ()
    why: Why | None = None
    cases: tuple[CaseSpec, ...] = ()
    retest: Retest | None = None
    disclaimers: Disclaimers | None = None

    @cached_property
    def _dimensions(self) -> dict[str, DimensionSpec]:
        return {dimension.key: dimension for dimension in self.dimensions}

    @cached_property
    def _questions(self) -> dict[str, QuestionSpec]:
        return {question.key: question for question in self.questions}

    @cached_property
    def _profiles(self) -> dict[str, ProfileSpec]:
        return {profile.key: profile for profile in self.profiles}

    @cached_property
    def _notices(self) -> dict[str, NoticeSpec]:
        return {notice.key: notice for notice in self.notices}

    def dimension(self, key: str) -> DimensionSpec:
        return self._dimensions[key]

    def question(self, key: str) -> QuestionSpec:
        return self._questions[key]

    def has_question(self, key: str) -> bool:
        return key in self._questions

    def profile(self, key: str) -> ProfileSpec:
        return self._profiles[key]

    def has_profile(self, key: str) -> bool:
        return key in self._profiles

    def notice(self, key: str) -> NoticeSpec:
        return self._notices[key]

    @property
    def example(self) -> CaseSpec | None:
        return next((case for case in self.cases if case.example), None)
