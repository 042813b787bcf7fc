"""A small self-check with one of everything that pages show, and its editions."""

import time
from copy import deepcopy
from hashlib import sha256

from django.core import signing

from assessments.definition import parse
from assessments.models import Assessment, Edition
from assessments.runner import form_token
from runfit.lib.json_format.writing import canonical

SMALL = {
    "slug": "small",
    "language": "en",
    "title": "Small check",
    "minutes": 2,
    "statement": "This score is a learning tool.",
    "direction": "Higher is better.",
    "dimensions": [
        {
            "key": "reach",
            "label": "Reach",
            "plain": "How far you get",
            "weight": 50,
            "balance": {"side": "front", "label": "Hips"},
        },
        {
            "key": "power",
            "label": "Power",
            "plain": "How strong you are",
            "weight": 50,
            "balance": {"side": "back", "label": "Back side"},
        },
    ],
    "confidence": {"high": 80, "medium": 50, "low": 25},
    "safety": {
        "intro": "First, be safe.",
        "none_label": "None of these",
        "items": [
            {"key": "fall", "level": "stop", "text": "I had a fall.", "why": "may be broken"},
            {"key": "young", "level": "wait", "text": "I am under 18.", "why": "ask first"},
        ],
        "derived": [
            {
                "level": "stop",
                "when": [{"answer": "pain", "at_least": 8}],
                "why": "pain of 8 or more",
            }
        ],
        "levels": {
            "stop": {
                "rank": 2,
                "scores": "hidden",
                "guide": "never",
                "title": "Get help now",
                "body": "Please call someone.",
                "tell_them": "Tell them what happened.",
                "note": "Good to know.",
            },
            "wait": {
                "rank": 1,
                "scores": "after_clearance",
                "guide": "after_clearance",
                "title": "Ask first",
                "body": "Someone who knows you should say yes.",
            },
        },
    },
    "questions": [
        {
            "key": "touch",
            "kind": "choice",
            "text": "How far do you reach?",
            "help": "Warm up first.",
            "choices": [
                {"key": "knee", "label": "My knees", "points": {"reach": 4}, "spot": [40, 50]},
                {"key": "toes", "label": "My toes", "points": {"reach": 0}, "spot": [60, 90]},
                {"key": "never", "label": "I do not bend", "points": {"reach": None}},
            ],
            "drawing": {
                "alt": "Someone bends forward.",
                "svg": '<svg viewBox="0 0 10 10"><circle r="2"/></svg>',
            },
            "how_to": ["Stand tall.", "Bend slowly."],
            "skip_if": "Skip it if your back is sore.",
        },
        {
            "key": "pain",
            "kind": "scale",
            "text": "How much does it hurt?",
            "minimum": 0,
            "maximum": 10,
            "bands": [
                {"from": 0, "to": 4, "points": {"power": 0}},
                {"from": 5, "to": 10, "points": {"power": 2}},
            ],
        },
        {
            "key": "lifts",
            "kind": "choice",
            "text": "What do you lift?",
            "show_if": [{"answer": "touch", "not_in": ["never"]}],
            "choices": [
                {"key": "nothing", "label": "Nothing", "points": {"power": 2}},
                {"key": "weights", "label": "Weights", "points": {"power": 0}},
            ],
        },
        {
            "key": "bridge",
            "kind": "choice",
            "text": "Where do you feel the bridge?",
            "optional": True,
            "group": "An extra check",
            "choices": [
                {"key": "glute", "label": "My glute", "points": {"power": 0}},
                {"key": "back", "label": "My back", "points": {"power": 2}},
            ],
        },
    ],
    "profiles": [
        {
            "key": "stiff",
            "start_phase": 1,
            "rule": [
                [{"score": "reach", "below": 60}],
                [{"score": "reach", "unmeasured": True}, {"answer": "pain", "at_most": 3}],
            ],
            "title": "Reach first",
            "summary": "You do not reach far.",
            "first_step": "Bend every day.",
            "honest_note": "We did not see you.",
            "see_someone_if": "It hurts more.",
            "faq": {"time": "Four weeks."},
        },
        {
            "key": "ready",
            "start_phase": 3,
            "rule": [[]],
            "title": "Ready to lift",
            "summary": "You reach far enough.",
            "first_step": "Lift twice a week.",
            "honest_note": "",
            "see_someone_if": "It hurts at night.",
        },
    ],
    "notices": [
        {"key": "sore", "rule": [[{"answer": "pain", "at_least": 3}]], "text": "Mind the pain."},
        {
            "key": "easy",
            "rule": [[{"answer": "pain", "at_least": 5}]],
            "text": "Only short runs.",
            "faq": "run",
        },
        {
            "key": "short",
            "rule": [[{"answer": "touch", "in": ["knee"]}]],
            "text": "Only flat runs.",
            "faq": "run",
        },
    ],
    "faq": [
        {"key": "run", "question": "Can I run?", "answer": "Yes."},
        {"key": "time", "question": "How long will it take?", "answer": "Some weeks."},
    ],
    "disclaimers": {
        "top": "For learning only.",
        "before_exercise": "Ask your doctor.",
        "emergency": "Call for help.",
        "evidence": "Nobody tested this score.",
        "privacy": "Your answers are about your health.",
    },
}

# A question that takes several answers, for tests that add it.
TRIED = {
    "key": "tried",
    "kind": "several",
    "text": "What have you tried?",
    "choices": [
        {"key": "stretching", "label": "Stretching", "points": {}},
        {"key": "rolling", "label": "A foam roller", "points": {}},
        {"key": "nothing", "label": "Nothing yet", "points": {}, "alone": True},
    ],
}

# A case of the self-check with that question.
STRETCHES = {
    "name": "Stretches",
    "answers": {"tried": ["stretching", "rolling"], "touch": "toes", "pain": 3, "lifts": "weights"},
    "safety": ["none"],
    "expect": {
        "level": "none",
        "profile": "ready",
        "measured": ["reach"],
        "notices": ["sore"],
        "no_notices": ["easy"],
    },
}

ANSWERS = {"safety": "none", "touch": "knee", "pain": "3", "lifts": "nothing"}


def small(**changes):
    """The small self-check, with changed top-level values."""
    return deepcopy(SMALL) | changes


def with_tried(**changes):
    """The small self-check that ends with the question for several answers."""
    data = small()
    return data | {"questions": [*data["questions"], deepcopy(TRIED) | changes]}


def caring(**changes):
    """The small self-check with all optional words: a first page's, a scale's ends, groups, notes, a why, and advice
    in its place. It has a picture of a result type, and a case, too."""
    data = with_tried()
    data["questions"] = [{"help": ""} | question for question in data["questions"]]
    data["questions"][1] |= {"low_label": "No pain", "high_label": "Unbearable"}
    data["safety"]["items"][0] |= {"group": "Right now", "note": "Ask about an X-ray."}
    data["safety"]["derived"][0] |= {"note": "Rest it today."}
    data["notices"][0] |= {"in_why": True, "in_guide": False}
    data["why"] = {
        "title": "What may be going on", "text": "One.\n\nTwo.", "more_title": "A study",
        "more": "Three.",
    }  # fmt: skip
    picture = {"alt": "A stretch", "svg": data["questions"][0]["drawing"]["svg"]}
    data["profiles"][0] |= {"headline": "Loosen up", "picture": picture}
    data["cases"] = [deepcopy(STRETCHES) | {"example": True}]
    data |= {"headline": "Why am I stiff?", "benefit": "Find out where to start."}
    return data | changes


def checkable():
    """The small self-check in which the reach can be checked later: "I do not bend" hides nothing."""
    data = small()
    data["questions"][2].pop("show_if")
    sore = {"key": "sore", "label": "I am too sore", "points": {"reach": None}}
    data["questions"][0]["choices"].append(sore)
    return data


def edition_of(data, number=1, **more):
    """A published edition, stored as publishing does."""
    definition = parse(data)
    assessment, _ = Assessment.objects.get_or_create(
        slug=definition.slug, defaults={"title": definition.title}
    )
    text = canonical(definition)
    fingerprint = sha256(text.encode()).hexdigest()
    return Edition.objects.create(
        assessment=assessment, number=number, definition=text, sha256=fingerprint, **more
    )


def token_of(edition, nonce="one", age=60.0):
    """The form token of a page that was opened `age` seconds ago."""
    return signing.dumps([edition.pk, nonce, time.time() - age], salt=form_token.SALT)
