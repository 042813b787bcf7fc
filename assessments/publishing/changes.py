"""Describes changes to a self-check for the PT. Works on file data, even if incomplete."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assessments.publishing import case_words
from assessments.publishing.case_words import comparable_case, level_in_words
from runfit.lib.diff import Change, Data, FieldNames, differences

PARTS = {
    "questions": "question",
    "choices": "answer",
    "dimensions": "score area",
    "profiles": "result type",
    "notices": "extra advice",
    "items": "safety list item",
    "derived": "safety rule",
    "levels": "safety level",
    "faq": "question runners ask",
    "own_answers": "own answer to",
    "cases": "case",
    "given": "the answer to",
}
FIELDS = {
    "headline": "the headline",
    "benefit": "what it does for them",
    "more_title": "title of the rest",
    "more": "the rest of the why",
    "example": "the example result",
    "statement": "what the score is",
    "direction": "how to read the scores",
    "text": "the words",
    "label": "the name",
    "plain": "in plain words",
    "help": "the help line",
    "why": "why we ask",
    "show_if": "when it is asked",
    "rule": "when it applies",
    "when": "when it applies",
    "level": "where it leads",
    "summary": "what we found",
    "first_step": "what to do first",
    "honest_note": "what this doesn't say",
    "see_someone_if": "see someone if",
    "start_phase": "the first phase",
    "how_to": "how to do it",
    "skip_if": "when to skip it",
    "optional": "can be skipped",
    "low_label": "words at the lowest number",
    "high_label": "words at the highest number",
    "basis": "where the points come from",
    "compare_on_retest": "counts when two visits are compared",
    "intro": "before the safety list",
    "none_label": "nothing applies",
    "body": "what to do",
    "tell_them": "what to tell the PT or doctor",
    "note": "good to know",
    "rank": "how serious",
    "scores": "the result",
    "spot": "the place on the drawing",
    "balance": "in the picture of the hip",
    "faq": "the question that it answers",
    "retest": "retaking the check",
    "bands": "parts of the scale",
    "alt": "the words for it",
    "svg": "the picture",
    "top": "at the top of each page",
    "before_exercise": "before exercising",
    "emergency": "in an emergency",
    "evidence": "about the evidence",
    "privacy": "about the answers",
    "high": "sure from",
    "medium": "fairly sure from",
    "low": "a rough guess from",
    "group": "the heading",
    "alone": "stands alone",
    "in_why": "stands in the why",
    "in_guide": "the guide says it too",
    "the_why": "the why",
    "picked": "what is picked",
    "checked": "checked on the safety list",
    "expected_level": "the safety level that must come out",
    "expected_profile": "the result type that must come out",
    "expected_measured": "what must be measured",
    "expected_unmeasured": "what must not be measured",
    "expected_notices": "the extra advice that must be there",
    "expected_no_notices": "the extra advice that must not be there",
    "earliest_days": "days before a second visit makes sense",
}
VALUES = {
    "hidden": "stop, with no result",
    "after_clearance": "wait for a PT or doctor",
    "never": "never",
}
WHATEVER = "whatever the answers are"
CONFIDENCES = {
    "high": "sure",
    "medium": "fairly sure",
    "low": "a rough guess",
    "none": "not measured",
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
    return f"“{_all(value or (), data) or 'always'}”"


def _rule(value: Any, data: Data) -> str:
    alternatives = (_all(conditions, data) or WHATEVER for conditions in value or ())
    return f"“{'; or instead: '.join(alternatives) or 'never'}”"


def _bands(value: Any, data: Data) -> str:
    return "; ".join(_band(band, data) for band in value or ())


def _asked(value: Any, data: Data) -> str | None:
    """The question of a notice. The list of FAQs itself needs no text: its entries are compared."""
    return None if isinstance(value, list) else _title(data.get("faq", ()), value, "question")


def _drawing(value: Any, data: Data) -> str:
    return "a drawing" if value else "no drawing"


def _option(value: Any, data: Data) -> str | None:
    return VALUES.get(value)


def _title(entries: Iterable[Data], key: str, name: str) -> str:
    return next((f"“{entry[name]}”" for entry in entries if entry["key"] == key), "nothing")


def _points(points: Mapping[str, int | None] | None, data: Data) -> str:
    texts = (
        f"{_label(data['dimensions'], key)} {'says nothing' if value is None else value}"
        for key, value in (points or {}).items()
    )
    return ", ".join(texts) or "no points"


def _band(band: Data, data: Data) -> str:
    return f"{band['from']} to {band['to']}: {_points(band['points'], data)}"


def _label(entries: Iterable[Data], key: str) -> str:
    return next(
        (str(entry.get("label") or entry.get("text")) for entry in entries if entry["key"] == key),
        key,
    )


def _all(conditions: Iterable[Data], data: Data) -> str:
    return ", and ".join(_condition(condition, data) for condition in conditions)


def _condition(condition: Data, data: Data) -> str:
    if "any_score" in condition:
        names = " or ".join(CONFIDENCES[name] for name in condition["confidence_in"])
        return f"any score is {names}"
    if "score" in condition:
        subject = _label(data["dimensions"], condition["score"])
        return (
            f"{subject} {'was not measured' if 'unmeasured' in condition else _bounds(condition)}"
        )
    unknown: Data = {"text": "?"}
    question = next(
        (entry for entry in data["questions"] if entry["key"] == condition["answer"]), unknown
    )
    picked = condition.get("in") or condition.get("not_in")
    if not picked:
        return f"{question['text']} {_bounds(condition)}"
    labels = ", ".join(_label(question.get("choices", ()), key) for key in picked)
    verb = "includes" if question.get("kind") == "several" else "is"
    return f"{question['text']} {verb if 'in' in condition else f'{verb} none of'} {labels}"


def _bounds(condition: Data) -> str:
    words = {"at_least": "{} or more", "at_most": "{} or less", "below": "below {}"}
    bounds = (words[key].format(condition[key]) for key in words if key in condition)
    return f"is {' and '.join(bounds)}"


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
