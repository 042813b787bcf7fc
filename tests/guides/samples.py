"""Minimal valid content files. Every call returns a copy that a test can modify."""

import json
from pathlib import Path
from typing import Any

from assessments.definition import parse
from guides.content import GuideContent, parse_content

CONTENT = Path(__file__).resolve().parents[2] / "content"

EXERCISE: dict[str, Any] = {
    "id": "bridge",
    "name": "Bridge",
    "phase": 2,
    "target": "Glutes",
    "equipment": "Mat",
    "position": "On your back.",
    "steps": ["Lift your hips.", "Lower them."],
    "cues": ["Push the floor away"],
    "common_mistakes": ["Arching"],
    "dose": {
        "sets": "2",
        "reps": "10",
        "seconds": None,
        "per_side": True,
        "rest_seconds": 30,
        "days_per_week": "3-4",
        "tempo": None,
        "effort": "easy",
    },
    "easier": "Lift halfway.",
    "harder": "One leg.",
    "stop_if": ["Sharp pain", "Pain in the back"],
    "skip_if": "",
    "evidence_note": "",
    "video_url": "",
}

STRETCH: dict[str, Any] = EXERCISE | {
    "id": "rock",
    "name": "Rock",
    "phase": 1,
    "stop_if": ["Sharp pain"],
}

RULES: dict[str, Any] = {
    "order": ["Move", "Activate", "Strengthen"],
    "warm_up": "Walk for 5 minutes.",
    "pain_rule": ["0 to 2: fine.", "3 to 5: less.", "Over 5: stop."],
    "stop_at_once": ["Night pain"],
    "progress": {
        "mobility": "When it is smooth.",
        "activation": "When you feel it.",
        "strength": "When you can do 2 more.",
        "one_change": "One thing at a time.",
    },
    "regress": "If form breaks.",
    "missed": "Repeat the week.",
    "with_running": ["On easy days."],
    "runs": "No big jumps.",
}

PLAN: dict[str, Any] = {
    "weeks": 2,
    "title": "Two easy weeks",
    "start_phase": 1,
    "running": "As usual.",
    "blocks": [
        {
            "weeks": [1, 2],
            "days_per_week": 3,
            "minutes": 3,
            "goal": "Get going",
            "exercises": [{"id": "bridge", "dose": "2 x 10"}, {"id": "rock", "dose": "1 x 5"}],
            "move_on_if": "It feels easy",
        }
    ],
}

LIBRARY: dict[str, Any] = {
    "shared_rules": RULES,
    "exercises": [STRETCH, EXERCISE],
    "plans": {"stiff": PLAN},
}

GUIDE: dict[str, Any] = {
    "slug": "small-guide",
    "language": "en",
    "title": "A small guide",
    "assessment": "small-check",
    "introduction": ["Hello."],
    "phases": [
        {"number": 1, "title": "Move", "picture": "The cake", "text": "First you move."},
        {"number": 2, "title": "Activate", "picture": "The frosting", "text": "Then you squeeze."},
        {"number": 3, "title": "Strengthen", "picture": "The candle", "text": "Then you lift."},
    ],
    "evidence": {"known": ["Little."], "limits": ["Many."]},
    "references": [{"text": "Someone 2015", "url": "https://example.org/study"}],
    "see_someone": ["It hurts at night."],
    "disclaimer": "For learning.",
    "secret": {"title": "A secret", "text": "We build a thing.", "invitation": "Hear first?"},
    "emails": {
        "guide": {
            "subject": "Your guide from {practice}",
            "preview": "The link is inside.",
            "body": ["Here is {guide}.", "It works for {days} days."],
            "button": "Open it",
        },
        "follow_up": {
            "subject": "Hello again from {practice}",
            "preview": "You asked for this.",
            "body": ["{days} days ago you had {guide}.", "Measure again?"],
            "button": "Start",
        },
    },
}


def library() -> dict[str, Any]:
    return _copy(LIBRARY)


def guide() -> dict[str, Any]:
    return _copy(GUIDE)


def edition() -> dict[str, Any]:
    """The stored content of an edition of the sample guide."""
    texts = {key: value for key, value in GUIDE.items() if key != "assessment"}
    profile = {
        "key": "stiff",
        "title": "Stiff hips",
        "first_step": "Rock every day.",
        "see_someone_if": "It gets worse.",
        "plan": PLAN,
    }
    return _copy(
        texts | {"shared_rules": RULES, "exercises": LIBRARY["exercises"], "profiles": [profile]}
    )


def _copy(data: dict[str, Any]) -> Any:
    return json.loads(json.dumps(data))


def default_edition() -> GuideContent:
    """The default content as an edition."""
    files = {
        name: json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("tight-hips", "exercises", "strength-guide")
    }
    guide, exercises = files["strength-guide"], files["exercises"]
    del guide["assessment"]
    profiles = [
        {key: profile[key] for key in ("key", "title", "first_step", "see_someone_if")}
        | {"plan": exercises["plans"][profile["key"]]}
        for profile in files["tight-hips"]["profiles"]
    ]
    shared = {name: exercises[name] for name in ("shared_rules", "exercises")}
    check = parse(files["tight-hips"])
    assert check.why
    why = {"title": check.why.title, "text": check.why.whole}
    return parse_content(guide | shared | {"profiles": profiles, "why": why})
