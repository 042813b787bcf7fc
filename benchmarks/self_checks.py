"""Self-checks of any length, built from the default one's questions."""

import json
from itertools import cycle, islice
from typing import Any

from assessments.models import Edition
from assessments.publishing.services import assessment_load
from benchmarks import runners
from tests.support.processes import ROOT

CONTENT = ROOT / "content" / "tight-hips.json"


def self_check(number: int) -> Edition:
    """Publish a self-check with this many questions."""
    slug = f"bench-{number}"
    assessment_load(data={**made(number), "slug": slug})
    return runners.live(slug)


def made(number: int) -> dict[str, Any]:
    """The default's questions repeated, shown unconditionally. Other apps are compared on questions
    with one answer, so those with several are left out."""
    data = json.loads(CONTENT.read_text(encoding="utf-8"))
    plain = [
        {key: value for key, value in question.items() if key not in ("show_if", "optional")}
        for question in data["questions"]
        if question["kind"] != "several"
    ]
    questions = [
        {**question, "key": f"{question['key']}_{index}"}
        for index, question in enumerate(islice(cycle(plain), number))
    ]
    return shortened({**data, "questions": questions, "faq": []}, number)


def shortened(data: dict[str, Any], number: int) -> dict[str, Any]:
    """The first questions, with one result type and no rules about removed parts."""
    kept = data["questions"][:number]
    fed = {
        key
        for question in kept
        for each in question.get("choices", question.get("bands", []))
        for key in each["points"]
    }
    safety = {**data["safety"], "derived": []}
    first = {**data["profiles"][-1], "faq": {}}
    dimensions = [each for each in data["dimensions"] if each["key"] in fed]
    return {
        **data,
        "questions": kept,
        "dimensions": dimensions,
        "safety": safety,
        "profiles": [first],
        "notices": [],
        "cases": [],
    }


def answers(number: int) -> dict[str, object]:
    """The first answer to each question."""
    return {
        question["key"]: question["choices"][0]["key"]
        if question["kind"] == "choice"
        else question["minimum"]
        for question in made(number)["questions"]
    }


def plainly(number: int) -> list[dict[str, Any]]:
    """The questions as plain data, for other apps."""
    return [
        {
            "text": question["text"],
            "help": question.get("help", ""),
            "choices": [each["label"] for each in question["choices"]]
            if question["kind"] == "choice"
            else [str(each) for each in range(question["minimum"], question["maximum"] + 1)],
        }
        for question in made(number)["questions"]
    ]
