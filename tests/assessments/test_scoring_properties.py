"""Properties of scoring that hold for any questionnaire and any answers."""

import json
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.definition import parse
from assessments.scoring import AnswersError, compare, score
from runfit.lib.json_format.writing import canonical, file_text, to_data
from tests.assessments.strategies import (
    any_answers,
    any_safety,
    definition_data,
    definitions,
    full_answers,
    json_values,
    options_of,
)
from tests.support.first_edition import DEFINITION

CONTENT = Path(__file__).resolve().parents[2] / "content"
DEFAULT = parse(json.loads((CONTENT / "tight-hips.json").read_text(encoding="utf-8")))
DEFAULTS = st.sampled_from([DEFINITION, DEFAULT])

questionnaires = DEFAULTS | definitions(catch_all=True)


def outcome(call, *arguments):
    """The result as plain data, or the errors; any other exception fails the test."""
    try:
        return call(*arguments).expect()
    except AnswersError as refused:
        return list(refused.errors)


def moved(result):
    return [(step.question, [move.dimension for move in step.moves]) for step in result.trace.steps]


@given(st.data())
def test_scoring_raises_nothing_but_answers_error(data):
    definition = data.draw(DEFAULTS | definitions())
    answers, safety = data.draw(any_answers(definition)), data.draw(any_safety(definition))

    assert json.dumps(outcome(score, definition, answers, safety))


@given(st.data())
def test_comparing_raises_nothing_but_answers_error(data):
    definition = data.draw(DEFAULTS | definitions())
    before, after = data.draw(any_answers(definition)), data.draw(any_answers(definition))

    assert json.dumps(outcome(compare, definition, before, after))


@given(st.data())
def test_complete_answers_give_exactly_one_profile_or_a_stop(data):
    definition = data.draw(questionnaires)

    result = score(definition, data.draw(full_answers(definition)), ["none"])

    held = [tried.profile for tried in result.trace.profiles if tried.held]
    assert held == ([] if result.stopped else [result.profile])


@given(st.data())
def test_scores_run_from_0_to_100(data):
    definition = data.draw(questionnaires)

    result = score(definition, data.draw(full_answers(definition)), ["none"])

    dimensions = (result.dimensions or {}).values()
    scores = [dimension.score for dimension in dimensions] + [result.total]
    assert all(score is None or 0 <= score <= 100 for score in scores)


@given(st.data())
def test_answers_to_hidden_questions_are_ignored(data):
    definition = data.draw(questionnaires)
    answers = data.draw(full_answers(definition))
    result = score(definition, answers, ["none"])
    junk = {key: data.draw(json_values()) for key in answers if key not in result.answers}

    assert score(definition, answers | junk, ["none"]) == result


@given(st.data())
def test_better_answer_never_lowers_a_dimension(data):
    definition = data.draw(questionnaires)
    answers = data.draw(full_answers(definition))
    question = data.draw(st.sampled_from(definition.questions))
    other = data.draw(st.sampled_from(options_of(question)))
    worse, better = question.option(answers[question.key]), question.option(other)
    assume(worse and better and not_worse(better.points, worse.points))

    before = score(definition, answers, ["none"])
    after = score(definition, answers | {question.key: other}, ["none"])

    assume(before.dimensions and after.dimensions and moved(before) == moved(after))
    assert all(
        after.dimensions[key].score >= dimension.score
        for key, dimension in before.dimensions.items()
        if dimension.score is not None
    )


def not_worse(points, than):
    """Whether the same dimensions are measured and none needs more points."""
    measured = {key for key, value in points.items() if value is not None}
    return measured == {key for key, value in than.items() if value is not None} and all(
        points[key] <= than[key] for key in measured
    )


@given(st.data())
def test_visit_compared_with_itself_has_no_changes(data):
    definition = data.draw(questionnaires)
    answers = data.draw(full_answers(definition))

    comparison = compare(definition, answers, answers)

    labels = {change.label for change in comparison.dimensions.values()}
    assert comparison.moved == ()
    assert labels <= {"same", "not_comparable"}


@given(definition_data())
def test_definition_round_trips_through_its_data(data):
    definition = parse(data)

    assert to_data(definition) == data
    assert parse(to_data(definition)) == definition
    assert parse(json.loads(canonical(definition))) == definition
    assert canonical(parse(json.loads(file_text(definition)))) == canonical(definition)
