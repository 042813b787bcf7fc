"""Describes changes to a self-check for the PT. Works on file data, even if incomplete."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.publishing import case_words
from assessments.publishing.case_words import comparable_case, level_in_words
from runfit.lib.diff import Change, Data, FieldNames, differences

PARTS = {
    "questions": _("question"),
    "choices": _("answer"),
    "dimensions": _("score area"),
    "profiles": _("result type"),
    "notices": _("extra advice"),
    "items": _("safety list item"),
    "derived": _("safety rule"),
    "levels": _("safety level"),
    "faq": _("question runners ask"),
    "own_answers": _("own answer to"),
    "cases": _("case"),
    "given": _("the answer to"),
}
FIELDS = {
    "headline": _("the headline"),
    "benefit": _("what it does for them"),
    "next_check": _("offered after a result"),
    "more_title": _("title of the rest"),
    "more": _("the rest of the why"),
    "example": _("the example result"),
    "statement": _("what the score is"),
    "direction": _("how to read the scores"),
    "text": _("the words"),
    "label": _("the name"),
    "plain": _("in plain words"),
    "help": _("the help line"),
    "why": _("why we ask"),
    "show_if": _("when it is asked"),
    "rule": _("when it applies"),
    "when": _("when it applies"),
    "level": _("where it leads"),
    "summary": _("what we found"),
    "first_step": _("what to do first"),
    "honest_note": _("what this doesn't say"),
    "see_someone_if": _("see someone if"),
    "start_phase": _("the first phase"),
    "how_to": _("how to do it"),
    "skip_if": _("when to skip it"),
    "optional": _("can be skipped"),
    "low_label": _("words at the lowest number"),
    "high_label": _("words at the highest number"),
    "basis": _("where the points come from"),
    "compare_on_retest": _("counts when two visits are compared"),
    "intro": _("before the safety list"),
    "none_label": _("nothing applies"),
    "body": _("what to do"),
    "tell_them": _("what to tell the PT or doctor"),
    "note": _("good to know"),
    "rank": _("how serious"),
    "scores": _("the result"),
    "spot": _("the place on the drawing"),
    "balance": _("in the picture of the hip"),
    "faq": _("the question that it answers"),
    "retest": _("retaking the check"),
    "bands": _("parts of the scale"),
    "alt": _("the words for it"),
    "svg": _("the picture"),
    "top": _("at the top of each page"),
    "before_exercise": _("before exercising"),
    "emergency": _("in an emergency"),
    "evidence": _("about the evidence"),
    "privacy": _("about the answers"),
    "high": _("sure from"),
    "medium": _("fairly sure from"),
    "low": _("a rough guess from"),
    "group": _("the heading"),
    "alone": _("stands alone"),
    "in_why": _("stands in the why"),
    "in_guide": _("the guide says it too"),
    "the_why": _("the why"),
    "picked": _("what is picked"),
    "checked": _("checked on the safety list"),
    "expected_level": _("the safety level that must come out"),
    "expected_profile": _("the result type that must come out"),
    "expected_measured": _("what must be measured"),
    "expected_unmeasured": _("what must not be measured"),
    "expected_notices": _("the extra advice that must be there"),
    "expected_no_notices": _("the extra advice that must not be there"),
    "earliest_days": _("days before a second visit makes sense"),
}
VALUES = {
    "hidden": _("stop, with no result"),
    "after_clearance": _("wait for a PT or doctor"),
    "never": _("never"),
}
WHATEVER = _("whatever the answers are")
CONFIDENCES = {
    "high": _("sure"),
    "medium": _("fairly sure"),
    "low": _("a rough guess"),
    "none": _("not measured"),
}


def assessment_changes(before: Data, after: Data, *, coming: bool = False) -> list[Change]:
    """The changes between two versions, or a version and a draft."""
    words = FieldNames(PARTS, FIELDS, _format, coming)
    return differences(_comparable(before), _comparable(after), words)


def _comparable(data: Data) -> dict[str, Any]:
    """Convert objects keyed by name to lists of entries with keys."""
    safety = data["safety"]
    levels = [{"key": key, **level} for key, level in safety["levels"].items()]
    derived = [{"key": rule["why"], **rule} for rule in safety["derived"]]
    questions = {faq["key"]: faq["question"] for faq in data.get("faq", ())}
    return {
        **{key: value for key, value in data.items() if key != "why"},
        "safety": {**safety, "levels": levels, "derived": derived},
        "profiles": [_profile(profile, questions) for profile in data["profiles"]],
        "the_why": data.get("why", {}),
        "cases": [comparable_case(case, data) for case in data.get("cases", ())],
    }


def _profile(profile: Data, questions: Mapping[str, str]) -> dict[str, Any]:
    own = [
        {"key": key, "_title": questions.get(key, key), "answer": answer}
        for key, answer in profile.get("faq", {}).items()
    ]
    return {**{key: profile[key] for key in profile if key != "faq"}, "own_answers": own}


def _format(key: str, value: Any, data: Data) -> str | None:
    formatter = FORMATTERS.get(key)
    return formatter(value, data) if formatter else None


def _clause(value: Any, data: Data) -> str:
    words = _all(value or (), data) or gettext("always")
    return f"“{words}”"


def _rule(value: Any, data: Data) -> str:
    alternatives = (_all(conditions, data) or str(WHATEVER) for conditions in value or ())
    words = gettext("; or instead: ").join(alternatives) or gettext("never")
    return f"“{words}”"


def _bands(value: Any, data: Data) -> str:
    return "; ".join(_band(band, data) for band in value or ())


def _asked(value: Any, data: Data) -> str | None:
    """The question of a notice. The list of FAQs itself needs no text: its entries are compared."""
    return None if isinstance(value, list) else _title(data.get("faq", ()), value, "question")


def _drawing(value: Any, data: Data) -> str:
    return gettext("a drawing") if value else gettext("no drawing")


def _option(value: Any, data: Data) -> str | None:
    return str(VALUES[value]) if value in VALUES else None


def _title(entries: Iterable[Data], key: str, name: str) -> str:
    return next(
        (f"“{entry[name]}”" for entry in entries if entry["key"] == key), gettext("nothing")
    )


def _points(points: Mapping[str, int | None] | None, data: Data) -> str:
    nothing = gettext("says nothing")
    texts = (
        f"{_label(data['dimensions'], key)} {nothing if value is None else value}"
        for key, value in (points or {}).items()
    )
    return ", ".join(texts) or gettext("no points")


def _band(band: Data, data: Data) -> str:
    numbers = gettext("{first} to {last}").format(first=band["from"], last=band["to"])
    return f"{numbers}: {_points(band['points'], data)}"


def _label(entries: Iterable[Data], key: str) -> str:
    return next(
        (str(entry.get("label") or entry.get("text")) for entry in entries if entry["key"] == key),
        key,
    )


def _all(conditions: Iterable[Data], data: Data) -> str:
    return gettext(", and ").join(_condition(condition, data) for condition in conditions)


def _condition(condition: Data, data: Data) -> str:
    if "any_score" in condition:
        names = [str(CONFIDENCES[name]) for name in condition["confidence_in"]]
        return gettext("any score is {names}").format(names=get_text_list(names, gettext("or")))
    if "score" in condition:
        subject = _label(data["dimensions"], condition["score"])
        says = gettext("was not measured") if "unmeasured" in condition else _bounds(condition)
        return f"{subject} {says}"
    unknown: Data = {"text": "?"}
    question = next(
        (entry for entry in data["questions"] if entry["key"] == condition["answer"]), unknown
    )
    picked = condition.get("in") or condition.get("not_in")
    if not picked:
        return f"{question['text']} {_bounds(condition)}"
    labels = ", ".join(_label(question.get("choices", ()), key) for key in picked)
    several = question.get("kind") == "several"
    return f"{question['text']} {_verb(several=several, none='in' not in condition)} {labels}"


def _verb(*, several: bool, none: bool) -> str:
    if several:
        return gettext("includes none of") if none else gettext("includes")
    return gettext("is none of") if none else gettext("is")


def _bounds(condition: Data) -> str:
    words = {
        "at_least": gettext("{number} or more"),
        "at_most": gettext("{number} or less"),
        "below": gettext("below {number}"),
    }
    bounds = [words[key].format(number=condition[key]) for key in words if key in condition]
    return gettext("is {bounds}").format(bounds=gettext(" and ").join(bounds))


FORMATTERS: Mapping[str, Callable[[Any, Data], str | None]] = {
    "show_if": _clause,
    "when": _clause,
    "rule": _rule,
    "points": _points,
    "bands": _bands,
    "scores": _option,
    "guide": _option,
    "level": level_in_words,
    "faq": _asked,
    "svg": _drawing,
    **case_words.FORMATTERS,
}
