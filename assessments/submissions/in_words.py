"""One runner's answers and result in words, as the desk shows them."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from assessments import selectors
from assessments.models import Submission


def confidence_words(confidence: str) -> str:
    return {
        "high": _("all of the questions"),
        "medium": _("most of the questions"),
        "low": _("a few of the questions"),
        "none": _("not checked yet"),
    }[confidence]


def safety_in_words(submission: Submission) -> list[str]:
    """What the runner checked on the safety list, or the words of "none of these"."""
    safety = selectors.edition_definition(submission.edition).safety
    checked = [safety.item(key).text for key in submission.safety if safety.has_item(key)]
    return checked or [safety.none_label]


def answers_in_words(submission: Submission) -> Iterator[tuple[str, str]]:
    """Questions with their answers, in the order of the self-check."""
    for question in selectors.edition_definition(submission.edition).questions:
        answer = submission.answers.get(question.key)
        if answer is not None:
            yield question.text, question.answer_label(answer)


def result_in_words(submission: Submission) -> Iterator[tuple[str, str]]:
    """What came out, each with a label."""
    definition = selectors.edition_definition(submission.edition)
    result = submission.result
    if result["safety_level"]:
        yield _("Safety"), definition.safety.level(result["safety_level"]).title
    if result["profile"]:
        yield _("Result type"), definition.profile(result["profile"]).title
    for key, score in (result["dimensions"] or {}).items():
        basis = confidence_words(score["confidence"])
        measured = _("{score} of 100, based on {basis}").format(score=score["score"], basis=basis)
        yield definition.dimension(key).label, basis if score["score"] is None else measured
    for key in result["notices"]:
        yield _("Extra advice"), definition.notice(key).text
