"""Every word that a runner can meet, on one long page to read, print and mend."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import reverse

from assessments import hooks
from assessments.desk.findings import RowLocator
from assessments.hooks import Chapter, Passage
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
    """The draft in the order in which a runner meets it."""
    data = assessment_data(assessment=assessment)
    own = AssessmentPassages(data, RowLocator(assessment))
    chapters = [
        Chapter("First page", own.first_page()),
        Chapter("Safety list", own.safety()),
        Chapter("Safety pages", own.levels()),
        Chapter("Questions", own.questions()),
        Chapter("Result types", own.profiles()),
        Chapter("What runners ask", own.faq()),
        Chapter("Extra advice", own.notices()),
        Chapter("Scores", own.scores()),
    ]
    chapters += gather(hooks.proofread_chapters, assessment)
    chapters.append(Chapter("Practice and privacy", _practice()))
    return [chapter for chapter in chapters if chapter.passages]


def lines(data: Data, names: Iterable[str], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """These fields, where they say something."""
    for name in names:
        if data.get(name):
            yield words.get(name, name.replace("_", " ")).capitalize(), _text(data[name])


def _text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class AssessmentPassages:
    """The passages of a self-check."""

    def __init__(self, data: Data, places: RowLocator) -> None:
        self.data = data
        self.places = places

    def passage(self, where: str, title: str, *said: tuple[str, str]) -> Passage:
        return Passage(title, self.places.address(where), said)

    def fields(self, data: Data, *names: str) -> Iterator[tuple[str, str]]:
        return lines(data, names, changes.FIELDS)

    def first_page(self) -> tuple[Passage, ...]:
        words = self.data.get("disclaimers", {})
        own = self.fields(self.data, "title", "minutes")
        names = ("top", "before_exercise", "emergency", "evidence", "privacy")
        return (self.passage("", self.data["title"], *own, *self.fields(words, *names)),)

    def safety(self) -> tuple[Passage, ...]:
        safety = self.data["safety"]
        intro = self.passage("", "Before the list", ("", safety["intro"]))
        items = (
            self.passage(f"safety.items[{index}]", each["why"], ("", each["text"]))
            for index, each in enumerate(safety["items"])
        )
        none = self.passage("", "When nothing applies", ("", safety["none_label"]))
        derived = (
            self.passage(
                f"safety.derived[{index}]", f"From the answers {index + 1}", ("", each["why"])
            )
            for index, each in enumerate(safety["derived"])
        )
        return (intro, *items, none, *derived)

    def levels(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(
                f"safety.levels.{key}",
                each["title"],
                *self.fields(each, "body", "tell_them", "note"),
            )
            for key, each in self.data["safety"]["levels"].items()
        )

    def questions(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(f"questions[{index}]", each["text"], *self._question(each))
            for index, each in enumerate(self.data["questions"])
        )

    def _question(self, question: Data) -> Iterator[tuple[str, str]]:
        yield from self.fields(question, "group", "help", "how_to", "skip_if")
        if question.get("drawing"):
            yield "The drawing in words", question["drawing"]["alt"]
        if "choices" in question:
            yield "Answers", "\n".join(each["label"] for each in question["choices"])
        else:
            yield "Answers", f"{question['minimum']} to {question['maximum']}"

    def profiles(self) -> tuple[Passage, ...]:
        asked = {each["key"]: each["question"] for each in self.data.get("faq", ())}
        names = ("summary", "first_step", "honest_note", "see_someone_if")
        return tuple(
            self.passage(
                f"profiles[{index}]",
                each["title"],
                *self.fields(each, *names),
                *((asked.get(key, key), answer) for key, answer in each.get("faq", {}).items()),
            )
            for index, each in enumerate(self.data["profiles"])
        )

    def faq(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(f"faq[{index}]", each["question"], ("", each["answer"]))
            for index, each in enumerate(self.data.get("faq", ()))
        )

    def notices(self) -> tuple[Passage, ...]:
        return tuple(
            self.passage(f"notices[{index}]", f"Advice {index + 1}", ("", each["text"]))
            for index, each in enumerate(self.data.get("notices", ()))
        )

    def scores(self) -> tuple[Passage, ...]:
        about = self.passage(
            "", "Under each score", *self.fields(self.data, "statement", "direction")
        )
        areas = (
            self.passage(f"dimensions[{index}]", each["label"], *self._area(each))
            for index, each in enumerate(self.data["dimensions"])
        )
        return (about, *areas)

    def _area(self, dimension: Data) -> Iterator[tuple[str, str]]:
        yield "", dimension["plain"]
        if "balance" in dimension:
            yield "In the picture of the hip", dimension["balance"]["label"]


def _practice() -> tuple[Passage, ...]:
    record = practice()
    address = reverse("admin:assessments_practice_changelist")
    names = (
        "credentials", "photo_alt", "logo_alt", "sender_name", "postal_address", "booking_link",
        "sign_off",
    )  # fmt: skip
    said = lines({name: getattr(record, name) for name in names}, names, PRACTICE)
    return (
        Passage(record.name, address, tuple(said)),
        Passage("Privacy notice", address, (("", record.privacy_notice),)),
    )
