"""Cases in words, for the PT. Works on file data, even if incomplete."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.checker.cases import cut
from assessments.definition import NONE
from runfit.lib.diff import Data

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class CaseWords:
    """`answers` are pairs of a question and what is answered."""

    name: str
    answers: tuple[tuple[str, str], ...]
    checked: tuple[str, ...]
    expected: tuple[str, ...]


def case_in_words(case: Data, data: Data) -> CaseWords:
    texts = _names(data["questions"], "text")
    gone = gettext("“{name}”, which isn't asked anymore")
    return CaseWords(
        name=case["name"],
        answers=tuple(
            (texts.get(key) or gone.format(name=key), _answer(key, answer, data))
            for key, answer in case["answers"].items()
        ),
        checked=tuple(_safety_items(case["safety"], data)),
        expected=tuple(outcome_in_words(case["expect"], data)),
    )


def outcome_in_words(outcome: Data, data: Data) -> Iterator[str]:
    """What comes out, or must come out: one sentence for each thing that's told."""
    for key, title, words in SAID:
        if value := outcome.get(key):
            yield f"{title}: {words(value, data)}"


def comparable_case(case: Data, data: Data) -> dict[str, Any]:
    """A case as the diff reads it: each answer is an entry, with its question as its title."""
    texts = _names(data["questions"], "text")
    given = [
        {"key": key, "_title": texts.get(key, key), "picked": {"question": key, "answer": answer}}
        for key, answer in case["answers"].items()
    ]
    expected = {f"expected_{key}": value for key, value in case["expect"].items()}
    name = case["name"]
    own = {"given": given, "checked": case["safety"], "example": case.get("example", False)}
    return {"key": name, "name": name, **own, **expected}


def level_in_words(key: str, data: Data) -> str:
    """A level's title. The diff has levels as a list."""
    levels = data["safety"]["levels"]
    if isinstance(levels, Mapping):
        return _named([key], {level: entry["title"] for level, entry in levels.items()})
    return _named([key], _names(levels, "title"))


def profile_in_words(key: str, data: Data) -> str:
    return _named([key], _names(data["profiles"], "title"))


def areas_in_words(keys: Iterable[str], data: Data) -> str:
    return _named(keys, _names(data["dimensions"], "label"))


def notices_in_words(keys: Iterable[str], data: Data) -> str:
    return _named(keys, _names(data.get("notices", ()), "text"))


SAID: tuple[tuple[str, "StrPromise", Callable[[Any, Data], str]], ...] = (
    ("level", _("Safety level"), level_in_words),
    ("profile", _("Result type"), profile_in_words),
    ("measured", _("Measured"), areas_in_words),
    ("unmeasured", _("Not measured"), areas_in_words),
    ("notices", _("Extra advice"), notices_in_words),
    ("no_notices", _("Without the advice"), notices_in_words),
)


def _picked(value: Data | None, data: Data) -> str:
    return f"“{_answer(value['question'], value['answer'], data)}”" if value else gettext("nothing")


def _checked(keys: Iterable[str] | None, data: Data) -> str:
    return ", ".join(f"“{text}”" for text in _safety_items(keys or (), data)) or gettext("nothing")


def _or_nothing(words: Callable[[Any, Data], str]) -> Callable[[Any, Data], str]:
    return lambda value, data: words(value, data) if value else gettext("nothing")


# For the diff, by the keys of `comparable_case`.
FORMATTERS: Mapping[str, Callable[[Any, Data], str | None]] = {
    "picked": _picked,
    "checked": _checked,
    **{f"expected_{key}": _or_nothing(words) for key, _title, words in SAID},
}


def _safety_items(keys: Iterable[str], data: Data) -> Iterator[str]:
    texts = _names(data["safety"]["items"], "text")
    yield from (cut(texts.get(key, key)) for key in keys if key != NONE)


def _answer(question_key: str, answer: Any, data: Data) -> str:
    questions = {question["key"]: question for question in data["questions"]}
    labels = _names(questions.get(question_key, {}).get("choices", ()), "label")
    picked = answer if isinstance(answer, list) else [answer]
    return ", ".join(str(labels.get(key, key)) for key in picked)


def _names(entries: Iterable[Data], field: str) -> dict[str, str]:
    return {entry["key"]: entry[field] for entry in entries}


def _named(keys: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(
        gettext("none") if key == NONE and key not in names else f"“{cut(names.get(key, key))}”"
        for key in keys
    )
