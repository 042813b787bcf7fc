"""The guide file: the text around the exercises, and its emails."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from guides.content.faults import ContentError
from guides.content.field_types import Key, Language, Line, Lines, Name, Text, WebAddress, filled
from guides.content.library import PHASES, Phase
from guides.content.marks import without_marks
from runfit.lib.json_format import reading
from runfit.lib.json_format.checks import Refused, within
from runfit.lib.json_format.faults import shown
from runfit.lib.json_format.foreign_texts import in_language_of
from runfit.lib.messages import message as _

VARIABLES = ("practice", "guide", "days")
MOST_SUBJECTS = 3
SERIES_LENGTH = 6
SERIES_DAYS = 84
"""The last day of a series: its link to the guide works for another week after it."""
TO_FILL_IN = "[To fill in"
VARIABLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class PhaseText:
    """What a phase does, and its image in the cake metaphor (cake, frosting, candle)."""

    number: Phase
    title: Name
    picture: Name
    text: Text


def three_phases(phases: tuple[PhaseText, ...]) -> tuple[PhaseText, ...]:
    numbers = tuple(phase.number for phase in phases)
    if numbers != PHASES and 0 not in numbers:  # 0: an invalid number, already reported
        raise Refused(_("must be the phases 1, 2 and 3, in this order."))
    return phases


@dataclass(frozen=True, kw_only=True)
class Why:
    """What the self-check says may be going on, copied from it when the guide is published."""

    title: Name
    text: Text


@dataclass(frozen=True, kw_only=True)
class Evidence:
    known: Lines
    limits: Lines


@dataclass(frozen=True, kw_only=True)
class ReferenceContent:
    text: Line
    url: WebAddress


@dataclass(frozen=True, kw_only=True)
class Secret:
    title: Name
    text: Text
    invitation: Text

    @property
    def filled_in(self) -> bool:
        """Whether the PT has replaced the default content's placeholder text."""
        return not is_to_fill_in(self.text)


def is_to_fill_in(text: str) -> bool:
    return text.startswith(TO_FILL_IN)


def text_variables(text: str) -> set[str]:
    return set(VARIABLE.findall(text))


def has_lone_brace(text: str) -> bool:
    """Whether the text has a brace outside a variable."""
    return any(brace in VARIABLE.sub("", text) for brace in "{}")


def known_variables(text: str) -> str:
    unknown = sorted(text_variables(text) - set(VARIABLES))
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        name = f"{{{shown(unknown[0])}}}"
        raise Refused(_("“{name}” is not one of {known}.", name=name, known=known))
    return text


EmailLine = Annotated[Line, known_variables]
EmailName = Annotated[Name, known_variables]


def few_subjects(others: tuple[str, ...]) -> tuple[str, ...]:
    if len(others) >= MOST_SUBJECTS:
        raise Refused(
            _(
                "holds more than {others}: an email has {most} at most.",
                others=MOST_SUBJECTS - 1,
                most=MOST_SUBJECTS,
            )
        )
    return others


@dataclass(frozen=True, kw_only=True)
class EmailContent:
    """The text of an email: `body` holds paragraphs, `button` labels the link. With
    `other_subjects`, recipients share out its subject lines."""

    subject: EmailName
    other_subjects: Annotated[tuple[EmailName, ...], few_subjects] | None = None
    preview: EmailName
    body: Annotated[tuple[EmailLine, ...], filled]
    button: EmailName

    def texts(self) -> Iterator[tuple[str, str]]:
        yield "subject", self.subject
        for index, subject in enumerate(self.other_subjects or ()):
            yield f"other_subjects[{index}]", subject
        yield "preview", self.preview
        for index, paragraph in enumerate(self.body):
            yield f"body[{index}]", paragraph
        yield "button", self.button

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.subject, *(self.other_subjects or ()))

    def for_recipient(self, number: int) -> "EmailContent":
        """The email with one subject line: always the same for the same number, and each for as
        many numbers in a row."""
        subject = self.subjects[number % len(self.subjects)]
        return replace(self, subject=subject, other_subjects=None)

    def filled(self, *, practice: str, guide: str, days: int) -> "EmailContent":
        """A copy with its variables replaced. Values hold no marks."""
        values = {"practice": practice, "guide": guide, "days": str(days)}
        in_body = {name: without_marks(value) for name, value in values.items()}
        others = tuple(_filled(subject, values) for subject in self.other_subjects or ())
        return EmailContent(
            subject=_filled(self.subject, values),
            other_subjects=others or None,
            preview=_filled(self.preview, values),
            body=tuple(_filled(paragraph, in_body) for paragraph in self.body),
            button=_filled(self.button, values),
        )


def _filled(text: str, values: Mapping[str, str]) -> str:
    return in_language_of(text, VARIABLE.sub(lambda match: values[match[1]], text))


def one_subject(email: EmailContent) -> EmailContent:
    if email.other_subjects:
        raise Refused(
            _("has one subject line. Only the email that brings the guide can have more.")
        )
    return email


@dataclass(frozen=True, kw_only=True)
class SeriesEmail(EmailContent):
    """An email of the series, sent this many days after the guide."""

    days: Annotated[int, within(1, SERIES_DAYS)]


def one_after_another(series: tuple[SeriesEmail, ...]) -> tuple[SeriesEmail, ...]:
    if len(series) > SERIES_LENGTH:
        raise Refused(_("can't have more than {number} emails.", number=SERIES_LENGTH))
    days = [email.days for email in series]
    if days != sorted(set(days)):
        raise Refused(_("must be in the order of its days, each on a day of its own."))
    return series


@dataclass(frozen=True, kw_only=True)
class Emails:
    """A guide's emails. Without `follow_up`, `series`, or `check_in`, runners aren't offered
    them."""

    guide: EmailContent
    follow_up: Annotated[EmailContent, one_subject] | None = None
    series: (
        Annotated[tuple[Annotated[SeriesEmail, one_subject], ...], filled, one_after_another] | None
    ) = None
    check_in: Annotated[EmailContent, one_subject] | None = None

    def written(self) -> Iterator[tuple[str, EmailContent]]:
        """The emails that have text, with their keys."""
        yield "guide", self.guide
        if self.follow_up:
            yield "follow_up", self.follow_up
        if self.check_in:
            yield "check_in", self.check_in
        for index, email in enumerate(self.series or ()):
            yield f"series[{index}]", email


@dataclass(frozen=True, kw_only=True)
class GuideFile:
    slug: Key
    language: Language
    title: Name
    assessment: Key
    introduction: Lines
    phases: Annotated[tuple[PhaseText, ...], three_phases]
    evidence: Evidence
    references: tuple[ReferenceContent, ...]
    see_someone: Lines
    disclaimer: Text
    secret: Secret
    emails: Emails


@dataclass(frozen=True, kw_only=True)
class NewGuide:
    """What emails need of a guide that's still being written."""

    title: Name
    language: Language
    emails: Emails


def parse_new_guide(data: object) -> NewGuide:
    """Raises ContentError with every fault."""
    return reading.parse(NewGuide, data, error=ContentError)


def parse_guide(data: object) -> GuideFile:
    """Parses a guide file. Raises ContentError with every fault."""
    return reading.parse(GuideFile, data, error=ContentError)
