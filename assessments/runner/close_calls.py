"""Says where an answer next to the runner's own would have led to very different advice."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from assessments.definition import Definition, ScaleCondition
from assessments.runner.areas import answer_words
from assessments.scoring import NearMiss, Result, flips, near_misses, result_notices


def safety_calls(definition: Definition, result: Result) -> Iterator[str]:
    """Answers one point away from a higher safety level. Those that extra advice is about are left
    out: it says so in the PT's own words."""
    for miss in near_misses(definition, result):
        if not _advised_on(definition, result, miss):
            answer = result.answers[miss.question]
            question = definition.question(miss.question)
            words = {"answer": answer_words(question, answer), "question": question.text}
            said = _("You said %(answer)s: “%(question)s”") % words
            yield f"{said} {_outcome(result, miss)}"


def profile_calls(definition: Definition, result: Result) -> Iterator[str]:
    """Answers next to the runner's own that give another result type."""
    for flip in flips(definition, result):
        question = definition.question(flip.question)
        yield _("With “%(answer)s” for “%(question)s”, it would be “%(title)s”.") % {
            "answer": answer_words(question, flip.answer),
            "question": question.text,
            "title": definition.profile(flip.profile).title,
        }


def _outcome(result: Result, miss: NearMiss) -> str:
    if result.safety_level:
        if miss.step > 0:
            return _("One point more, and we'd have told you to get seen sooner.")
        return _("One point less, and we'd have told you to get seen sooner.")
    if miss.step > 0:
        return _("One point more, and we'd have sent you to a doctor or PT first.")
    return _("One point less, and we'd have sent you to a doctor or PT first.")


def _advised_on(definition: Definition, result: Result, miss: NearMiss) -> bool:
    """Whether extra advice on this result is about exactly this answer."""
    answer = result.answers[miss.question]
    return any(
        isinstance(condition, ScaleCondition)
        and condition.answer == miss.question
        and condition.at_least == condition.at_most == answer
        for notice in result_notices(definition, result)
        for alternative in notice.rule
        for condition in alternative
    )
