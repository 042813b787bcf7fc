"""Scores stored answers by a newer edition, as far as its questions kept their meaning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessments.definition import Definition, QuestionSpec, SafetyItemSpec
from assessments.scoring.results import Answers, AnswersError, Result
from assessments.scoring.single import NONE_TICKED, score
from assessments.scoring.then_and_now import same_question, same_words


@dataclass(frozen=True, slots=True)
class Rescored:
    """`result` is None if the answers that can be used aren't enough for one. `lost` are questions
    of the earlier edition whose answers can't be used. `unasked` are items of the newer safety
    list that the runner never read in these words."""

    result: Result | None
    lost: tuple[QuestionSpec, ...]
    unasked: tuple[SafetyItemSpec, ...]


def rescore(
    earlier: Definition, later: Definition, answers: Answers, safety: Sequence[str]
) -> Rescored:
    """`answers` and `safety` are valid in the earlier edition.

    A checked safety item counts even if it was reworded: the careful side. One that the newer list
    doesn't have in any words is left out.
    """
    kept = {key: answer for key, answer in answers.items() if _is_kept(earlier, later, key)}
    lost = tuple(earlier.question(key) for key in answers if key not in kept)
    checked = [key for key in safety if key != NONE_TICKED]
    carried = {item.key for key in checked for item in _carried(earlier, later, key)}
    asked = [item.text for item in earlier.safety.items]
    unasked = tuple(
        item
        for item in later.safety.items
        if item.key not in carried and not any(same_words(item.text, text) for text in asked)
    )
    try:
        result = score(later, kept, sorted(carried) or [NONE_TICKED])
    except AnswersError:
        result = None
    return Rescored(result, lost, unasked)


def _is_kept(earlier: Definition, later: Definition, key: str) -> bool:
    return later.has_question(key) and same_question(earlier.question(key), later.question(key))


def _carried(earlier: Definition, later: Definition, key: str) -> Iterator[SafetyItemSpec]:
    """The items of the newer list that stand for a checked one."""
    text = earlier.safety.item(key).text
    for item in later.safety.items:
        if item.key == key or same_words(item.text, text):
            yield item
