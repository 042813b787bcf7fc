"""Collects every text that a runner can see, for one long page to proofread."""

from collections.abc import Iterator, Mapping
from typing import Any

from assessments import hooks
from assessments.desk.findings import RowLocator
from assessments.desk.links import practice_address
from assessments.hooks import Chapter, Passage, passage_lines
from assessments.models import Assessment
from assessments.publishing import changes
from assessments.publishing.drafts import assessment_data
from assessments.selectors import practice
from runfit.lib.hooks import gather

Data = Mapping[str, Any]
PRACTICE = {
    "credentials": "your name and credentials",
    "photo_alt": "photo in words",
    "logo_alt": "logo in words",
}


def draft_chapters(assessment: Assessment) -> list[Chapter]:
    """All texts of a draft, in the order in which a runner sees them."""
    data = assessment_data(assessment=assessment)
    own = AssessmentPassages(data, RowLocator(assessment))
    chapters = [
        Chapter("Home page", own.first_page()),
        Chapter("Safety list", own.safety()),
        Chapter("Safety pages", own.levels()),
        Chapter("Questions", own.questions()),
        Chapter("Result types", own.profiles()),
        Chapter("The why", own.why()),
        Chapter("What runners ask", own.faq()),
        Chapter("Extra advice", own.notices()),
        Chapter("Scores", own.scores()),
        Chapter("Retaking the check", own.retest()),
    ]
    chapters += gather(hooks.proofread_chapters, assessment)
    chapters.append(Chapter("Practice and privacy", _practice()))
    return [chapter for chapter in chapters if chapter.passages]


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
        intro = self.passage("", "Before the list", ("", safety["intro"]))
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
        none = self.passage("", "When nothing applies", ("", safety["none_label"]))
        derived = (
            self.passage(
                f"safety.derived[{index}]",
                f"From the answers {index + 1}",
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
            yield "Answers", "\n".join(choice["label"] for choice in question["choices"])
        else:
            yield "Answers", f"{question['minimum']} to {question['maximum']}"
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
            self.passage(f"notices[{index}]", f"Advice {index + 1}", ("", notice["text"]))
            for index, notice in enumerate(self.data.get("notices", ()))
        )

    def retest(self) -> tuple[Passage, ...]:
        retest = self.data.get("retest")
        if not retest:
            return ()
        words = self.fields(retest, "weekly", "full", "compare", "always_show")
        headlines = self.fields(retest.get("labels", {}), "better", "same", "worse")
        unchanged = retest.get("if_no_change", {}).items()
        return (self.passage("", "Then and now", *words, *headlines, *unchanged),)

    def scores(self) -> tuple[Passage, ...]:
        about = self.passage(
            "", "Under each score", *self.fields(self.data, "statement", "direction")
        )
        areas = (
            self.passage(f"dimensions[{index}]", dimension["label"], *self._dimension(dimension))
            for index, dimension in enumerate(self.data["dimensions"])
        )
        return (about, *areas)

    def _dimension(self, dimension: Data) -> Iterator[tuple[str, str]]:
        yield "", dimension["plain"]
        if "balance" in dimension:
            yield "In the picture of the hip", dimension["balance"]["label"]


def _in_words(data: Data, name: str) -> Iterator[tuple[str, str]]:
    if picture := data.get(name):
        yield f"The {name} in words", picture["alt"]


def _note(data: Data) -> Iterator[tuple[str, str]]:
    if note := data.get("note"):
        yield "Only for those it applies to", note


def _practice() -> tuple[Passage, ...]:
    record = practice()
    address = practice_address()
    names = (
        "credentials", "photo_alt", "logo_alt", "sender_name", "postal_address", "booking_link",
        "sign_off",
    )  # fmt: skip
    passage = passage_lines({name: getattr(record, name) for name in names}, names, PRACTICE)
    return (
        Passage(record.name, address, tuple(passage)),
        Passage("Privacy notice", address, (("", record.privacy_notice),)),
        Passage("Accessibility statement", address, (("", record.accessibility_statement),)),
    )
