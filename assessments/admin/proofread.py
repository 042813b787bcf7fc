"""Collects every text that a runner can see, for one long page to proofread."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import hooks
from assessments.desk.findings import RowLocator
from assessments.desk.links import practice_address
from assessments.hooks import Chapter, Passage, passage_lines
from assessments.models import Assessment
from assessments.publishing import changes
from assessments.publishing.drafts import assessment_data
from assessments.runner.site.practice_texts import with_contact, with_how_long
from assessments.selectors import emergency_text, practice
from runfit.lib.hooks import gather
from runfit.lib.translation import use_language

Data = Mapping[str, Any]
PRACTICE = {
    "credentials": gettext_lazy("your name and credentials"),
    "photo_alt": gettext_lazy("photo in words"),
    "logo_alt": gettext_lazy("logo in words"),
}


def draft_chapters(assessment: Assessment) -> list[Chapter]:
    """All texts of a draft, in the order in which a runner sees them."""
    data = assessment_data(assessment=assessment)
    own = AssessmentPassages(data, RowLocator(assessment))
    chapters = [
        Chapter(_("Home page"), own.first_page()),
        Chapter(_("Safety list"), own.safety()),
        Chapter(_("Safety pages"), own.levels()),
        Chapter(_("Questions"), own.questions()),
        Chapter(_("Result types"), own.profiles()),
        Chapter(_("The why"), own.why()),
        Chapter(_("What runners ask"), own.faq()),
        Chapter(_("Extra advice"), own.notices()),
        Chapter(_("Scores"), own.scores()),
        Chapter(_("Retaking the check"), own.retest()),
    ]
    chapters += gather(hooks.proofread_chapters, assessment)
    chapters.append(Chapter(_("Practice and privacy"), _practice(assessment.language)))
    with use_language(assessment.language):
        return [_filled_in(chapter) for chapter in chapters if chapter.passages]


def _filled_in(chapter: Chapter) -> Chapter:
    """With what runners read in place of {contact} and {emergency}."""
    return replace(chapter, passages=tuple(map(_passage_filled_in, chapter.passages)))


def _passage_filled_in(passage: Passage) -> Passage:
    lines = ((what, emergency_text(with_contact(text))) for what, text in passage.lines)
    return replace(passage, lines=tuple(lines))


class AssessmentPassages:
    """Builds the passages of a self-check from its exported data."""

    def __init__(self, data: Data, locator: RowLocator) -> None:
        self.data = data
        self.locator = locator

    def passage(self, where: str, title: str, *lines: tuple[str, str]) -> Passage:
        return Passage(title, self.locator.address(where), lines)

    def fields(self, data: Data, *names: str) -> Iterator[tuple[str, str]]:
        return passage_lines(data, names, changes.FIELDS)

    def first_page(self) -> tuple[Passage, ...]:
        words = self.data.get("disclaimers", {})
        own = self.fields(self.data, "headline", "benefit", "title", "minutes")
        names = ("top", "before_exercise", "emergency", "evidence", "privacy")
        return (self.passage("", self.data["title"], *own, *self.fields(words, *names)),)

    def safety(self) -> tuple[Passage, ...]:
        safety = self.data["safety"]
        intro = self.passage("", _("Before the list"), ("", safety["intro"]))
        items = (
            self.passage(
                f"safety.items[{index}]",
                item["why"],
                *self.fields(item, "group"),
                ("", item["text"]),
                *_note(item),
            )
            for index, item in enumerate(safety["items"])
        )
        none = self.passage("", _("When nothing applies"), ("", safety["none_label"]))
        derived = (
            self.passage(
                f"safety.derived[{index}]",
                _("From the answers {number}").format(number=index + 1),
                ("", rule["why"]),
                *_note(rule),
            )
            for index, rule in enumerate(safety["derived"])
        )
        return (intro, *items, none, *derived)

    def levels(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(
                f"safety.levels.{key}",
                level["title"],
                *self.fields(level, "body", "tell_them", "note"),
            )
            for key, level in self.data["safety"]["levels"].items()
        )

    def questions(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(f"questions[{index}]", question["text"], *self._question(question))
            for index, question in enumerate(self.data["questions"])
        )

    def _question(self, question: Data) -> Iterator[tuple[str, str]]:
        yield from self.fields(question, "group", "help", "how_to", "skip_if")
        yield from _in_words(question, "drawing")
        if "choices" in question:
            yield _("Answers"), "\n".join(choice["label"] for choice in question["choices"])
        else:
            yield (
                _("Answers"),
                _("{first} to {last}").format(first=question["minimum"], last=question["maximum"]),
            )
            yield from self.fields(question, "low_label", "high_label")

    def profiles(self) -> tuple[Passage, ...]:
        faq_questions = {faq["key"]: faq["question"] for faq in self.data.get("faq", ())}
        names = ("headline", "summary", "first_step", "honest_note", "see_someone_if")
        return tuple(
            self.passage(
                f"profiles[{index}]",
                profile["title"],
                *self.fields(profile, *names),
                *_in_words(profile, "picture"),
                *(
                    (faq_questions.get(key, key), answer)
                    for key, answer in profile.get("faq", {}).items()
                ),
            )
            for index, profile in enumerate(self.data["profiles"])
        )

    def why(self) -> tuple[Passage, ...]:
        why = self.data.get("why")
        if not why:
            return ()
        rest = [(why["more_title"], why["more"])] if why.get("more") else []
        return (self.passage("", why["title"], ("", why["text"]), *rest),)

    def faq(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(f"faq[{index}]", faq["question"], ("", faq["answer"]))
            for index, faq in enumerate(self.data.get("faq", ()))
        )

    def notices(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(
                f"notices[{index}]",
                _("Advice {number}").format(number=index + 1),
                ("", notice["text"]),
            )
            for index, notice in enumerate(self.data.get("notices", ()))
        )

    def retest(self) -> tuple[Passage, ...]:
        retest = self.data.get("retest")
        if not retest:
            return ()
        words = self.fields(retest, "weekly", "full", "compare", "always_show")
        headlines = self.fields(retest.get("labels", {}), "better", "same", "worse")
        unchanged = retest.get("if_no_change", {}).items()
        few = _by_weeks(_("{weeks}, under 70% of the sessions done"), retest.get("if_few_done", {}))
        enough = _by_weeks(
            _("{weeks}, 70% of the sessions or more done"), retest.get("if_enough_done", {})
        )
        lines = (*words, *headlines, *unchanged, *few, *enough)
        return (self.passage("", _("Then and now"), *lines),)

    def scores(self) -> tuple[Passage, ...]:
        about = self.passage(
            "", _("Under each score"), *self.fields(self.data, "statement", "direction")
        )
        areas = (
            self.passage(f"dimensions[{index}]", dimension["label"], *self._dimension(dimension))
            for index, dimension in enumerate(self.data["dimensions"])
        )
        return (about, *areas)

    def _dimension(self, dimension: Data) -> Iterator[tuple[str, str]]:
        yield "", dimension["plain"]
        if "balance" in dimension:
            yield _("In the picture of the hip"), dimension["balance"]["label"]


def _by_weeks(label: str, texts: Data) -> Iterator[tuple[str, str]]:
    return ((label.format(weeks=weeks), text) for weeks, text in texts.items())


def _in_words(data: Data, name: str) -> Iterator[tuple[str, str]]:
    if picture := data.get(name):
        yield (
            _("The drawing in words") if name == "drawing" else _("The picture in words"),
            picture["alt"],
        )


def _note(data: Data) -> Iterator[tuple[str, str]]:
    if note := data.get("note"):
        yield _("Only for those it applies to"), note


def _practice(language: str) -> tuple[Passage, ...]:
    record = practice()
    address = practice_address()
    with use_language(language):
        notice = with_how_long(record.privacy_notice)
    names = (
        "credentials", "photo_alt", "logo_alt", "sender_name", "postal_address", "booking_link",
        "sign_off",
    )  # fmt: skip
    passage = passage_lines({name: getattr(record, name) for name in names}, names, PRACTICE)
    return (
        Passage(record.name, address, tuple(passage)),
        Passage(_("Privacy notice"), address, (("", notice),)),
        Passage(_("Accessibility statement"), address, (("", record.accessibility_statement),)),
    )
