"""Runners' English is easy to read: school grades by Flesch and Kincaid, from sentence lengths and
syllables.

A text is a paragraph. Labels and short lines are no prose, and their grades mean nothing. Lists
after a colon, and parts between semicolons, are read with a pause, so they count as sentences."""

import re
from statistics import median

import pytest
import textstat

from tests.support.runner_texts import CONTENT, as_read, content_texts, interface_texts

SHORTEST = 8  # words
HARDEST = 8  # grade
MIDDLE = 5  # grade
PAUSE = re.compile(r"[:;](?=\s)")


def grade(text):
    return textstat.flesch_kincaid_grade(PAUSE.sub(".", text))


def graded(texts):
    """Grades of all that is long enough, the hardest first."""
    read = {(place, as_read(text)) for place, text in texts}
    prose = ((place, text) for place, text in read if len(text.split()) >= SHORTEST)
    return sorted(((round(grade(text), 1), place, text) for place, text in prose), reverse=True)


@pytest.mark.parametrize(
    "texts",
    [
        *(pytest.param(lambda path=path: content_texts(path), id=path.stem) for path in CONTENT),
        pytest.param(interface_texts, id="interface"),
    ],
)
def test_texts_are_easy_to_read(texts):
    found = graded(texts())

    assert [line for line in found if line[0] > HARDEST] == []
    assert median(line[0] for line in found) <= MIDDLE


def test_hard_text_is_told_from_easy_text():
    hard = (
        "Gluteal inhibition necessitates progressive neuromuscular reactivation prior to loading."
    )
    easy = "Lie on your back. Bend your knees, and lift your hips until your body is in one line."

    assert grade(hard) > 2 * HARDEST
    assert grade(easy) < MIDDLE


def test_pauses_split_a_list():
    assert grade("Check it now: a hip that locks; a leg that is weak; a limp.") < grade(
        "Check it now for a hip that locks and a leg that is weak and a limp."
    )


def test_every_kind_of_text_is_read():
    texts = {text for _, text in interface_texts()}

    assert {
        "Send me the guide",  # a button, from Python
        "You're getting this because someone used your email to ask for the guide. That wasn't you? "
        "Unsubscribe once, and nobody can make us email you again.",
        "Answer up to %(number)s questions and see right away where to start. You don't need an "
        "email to see your result, and the strength guide is free.",  # a plural
        "Enter your email so we know where to send it.",  # an error
        "We can't find that page",  # an argument of an included template
        "Daily counts stay. They don't say anything about you.",  # the privacy page
        "<h1>This address is too long</h1>",
    } <= texts
    assert as_read("Call **{emergency}**, [ask](https://example.org) %(name)s&hellip;") == (
        "Call 911 (999 or 112 outside the US), ask 3…"
    )
