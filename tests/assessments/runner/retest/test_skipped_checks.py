"""A skipped check never looks like progress: a property of the page's own text."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Submission
from assessments.selectors import edition_definition
from tests.assessments.runner.retest.test_views import page_of, visit
from tests.assessments.runner.test_views import text
from tests.assessments.small import edition_of
from tests.assessments.strategies import full_answers

CONTENT = Path(__file__).resolve().parents[4] / "content"
DEFAULT = json.loads((CONTENT / "tight-hips.json").read_text(encoding="utf-8"))
QUESTIONS = {question["key"]: question for question in DEFAULT["questions"]}
SKIPS: dict[str, dict[str, str]] = {
    "reach": {"reach": "skipped"},
    "hip_check": {},
    "bridge_check": {},
}
BETTER = re.compile(r'<li class="better"><span class="small soft">(.*?)</span>')


def need(question, answer):
    """The points of an answer, straight from the file."""
    options = QUESTIONS[question].get("choices") or [
        band for band in QUESTIONS[question]["bands"] if band["from"] <= answer <= band["to"]
    ]
    option = next(each for each in options if each.get("key", answer) == answer)
    return sum(points or 0 for points in option["points"].values())


def section(page, name):
    return re.search(rf'(?s)<section id="{name}">.*?</section>', page.content.decode())


@pytest.fixture
def default(db):
    return edition_of(DEFAULT)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_a_skipped_check_never_looks_like_progress(default, data):
    answers = full_answers(edition_definition(default))
    longest = QUESTIONS["duration"]["choices"][-1]["key"]
    pain = st.integers(0, 5)
    then = data.draw(answers) | {"duration": longest, "worst_pain": data.draw(pain)}
    other = data.draw(answers) | {"duration": longest, "worst_pain": data.draw(pain)}
    only_skips = data.draw(st.booleans())
    skipped = data.draw(st.sets(st.sampled_from(sorted(SKIPS)), min_size=1))
    now = dict(then if only_skips else other)
    for key in skipped:
        del now[key]
        now |= SKIPS[key]

    Submission.objects.all().delete()
    first = visit(default, 28, exactly=then)
    second = visit(default, 0, first, exactly=now)
    page = page_of(second)

    shown = text(page)
    for key in skipped:
        for name in ("moved", "stayed"):
            there = section(page, name)
            assert there is None or QUESTIONS[key]["text"] not in there[0]
    pairs = section(page, "areas")[0].split("<dt>")[1:]
    for dimension, pair in zip(DEFAULT["dimensions"], pairs, strict=True):
        measured = [
            row.result["dimensions"][dimension["key"]]["score"] is not None
            for row in (first, second)
        ]
        assert ("<rect" in pair) <= all(measured)
        assert ("Not checked this time" in pair) == (measured == [True, False])
    improved = BETTER.findall(page.content.decode())
    for key, question in QUESTIONS.items():
        if question["text"] in improved:
            assert key in then
            assert key in now
            assert need(key, now[key]) <= need(key, then[key])
    if "Better than before" in shown:
        assert improved
    if only_skips:
        assert "None of the answers that we can compare moved." in shown
        assert "Better than before" not in shown
        assert "got worse" not in shown
