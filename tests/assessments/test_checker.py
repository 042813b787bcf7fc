"""The checker: findings, messages, agreement with brute force, and search limits."""

import json
from copy import deepcopy
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given

from assessments.checker import Finding, check
from assessments.checker.checks import _unreached
from assessments.checker.search import example, outcomes
from assessments.definition import parse
from assessments.scoring import score
from assessments.scoring.rules import rule_holds
from assessments.scoring.walk import walk
from tests.assessments.small import small
from tests.assessments.strategies import definitions, options_of, profile
from tests.support import first_edition
from tests.support.first_edition import DATA

CONTENT = Path(__file__).resolve().parents[2] / "content" / "tight-hips.json"
NEVER = {"score": "mobility", "below": 0}


def findings_of(data):
    findings = check(parse(data))
    return [(finding.severity, finding.code, finding.where) for finding in findings]


def changed(change):
    data = deepcopy(DATA)
    change(data)
    return data


@pytest.mark.parametrize("path", [first_edition.PATH, CONTENT], ids=["first edition", "second"])
def test_default_content_has_no_findings(path):
    assert check(parse(json.loads(path.read_text(encoding="utf-8")))) == []


def test_default_cases_list_their_answers_as_they_are_stored():
    definition = parse(json.loads(CONTENT.read_text(encoding="utf-8")))

    for case in definition.cases:
        for key, answer in case.answers.items():
            assert definition.question(key).valid_answer(answer) == answer, case.name


def test_finding_prints_on_one_line():
    finding = Finding("error", "no_profile", "profiles", "Add one.")

    assert str(finding) == "error no_profile profiles: Add one."


@pytest.mark.parametrize(
    ("proven", "said"),
    [
        (
            False,
            "warning not_proven here: There are too many ways to answer to try them all. "
            "We couldn't prove that some way to answer leads to the question “Why?”. "
            "Fewer questions per score area or simpler rules would help.",
        ),
        (
            True,
            "error unreachable here: No way to answer leads to the question “Why?”. "
            "Change what it asks for, or remove it.",
        ),
    ],
)
def test_unreachable_message_depends_on_proof(proven, said):
    finding = _unreached("unreachable", "here", "the question “Why?”", proven=proven)

    assert str(finding) == said


def test_answers_without_a_result_type():
    data = changed(lambda data: data["profiles"].pop())

    assert findings_of(data) == [("error", "no_profile", "profiles")]


def every_option(definition):
    for question in definition.questions:
        yield from question.choices or range(question.minimum, question.maximum + 1)


def first_options(definition):
    return {
        question.key: options_of(question)[0]
        for question in definition.questions
        if not question.optional
    }


def test_answers_without_a_result_type_have_an_example():
    definition = parse(changed(lambda data: data["profiles"].pop()))
    clauses = [clause for profile in definition.profiles for clause in profile.rule]
    answers = example(definition, clauses, frozenset())
    [finding] = check(definition)

    assert score(definition, first_options(definition) | answers, ["none"]).profile is None
    assert [question for question, _ in finding.example] == [
        question.text for question in definition.questions if question.key in answers
    ]
    assert {answer for _, answer in finding.example} <= {
        str(getattr(option, "label", option)) for option in every_option(definition)
    }


@pytest.mark.parametrize(
    ("most", "findings"), [(4, [("error", "no_profile", "profiles")]), (5, [])]
)
def test_scale_is_tested_on_both_sides_of_each_limit(most, findings):
    """A pain of 6 or more triggers a safety stop, so result types see at most 5."""

    def change(data):
        data["profiles"][-1]["rule"] = [[{"answer": "worst_pain", "at_most": most}]]

    assert findings_of(changed(change)) == findings


def test_unreachable_result_type():
    def change(data):
        data["profiles"][0]["rule"] = [[NEVER]]

    assert findings_of(changed(change)) == [("error", "profile_unreachable", "profiles[0].rule")]


def test_shadowed_result_type():
    def change(data):
        data["profiles"].insert(2, profile("late", [[{"score": "mobility", "below": 50}]]))

    definition = parse(changed(change))
    [finding] = check(definition)

    assert (finding.code, finding.where) == ("profile_shadowed", "profiles[2].rule")
    answers = first_options(definition) | dict(finding.answers)
    result = score(definition, answers, ["none"])
    assert result.profile == definition.profiles[1].key
    assert holds(definition.profiles[2].rule, result)


def test_result_types_after_a_catch_all():
    data = changed(lambda data: data["profiles"].insert(0, data["profiles"].pop()))

    assert findings_of(data) == [
        ("error", "profile_shadowed", f"profiles[{index}].rule") for index in range(1, 6)
    ]


@pytest.mark.parametrize(
    "rule",
    [
        [],
        [[NEVER]],
        [[{"answer": "reach", "in": []}]],
        [[{"answer": "worst_pain", "at_least": 5, "at_most": 4}]],
        [[{"answer": "worst_pain", "at_least": 6}]],
        [[{"answer": "duration", "in": ["none"]}, {"answer": "pattern", "in": ["rarely"]}]],
        [[{"score": "strength", "unmeasured": True}]],
        [[{"answer": "reach", "in": ["above_knee"]}, {"score": "mobility", "at_least": 50}]],
    ],
    ids=[
        "no alternative",
        "below nought",
        "no choice",
        "empty range",
        "only where a safety rule stops it",
        "a question that is then not shown",
        "always measured",
        "not both",
    ],
)
def test_unreachable_advice(rule):
    def change(data):
        data["notices"][3]["rule"] = rule

    assert findings_of(changed(change)) == [("error", "notice_unreachable", "notices[3].rule")]


def test_unreachable_question():
    def change(data):
        data["questions"][8]["show_if"] = [
            {"answer": "duration", "in": ["none"]},
            {"answer": "pattern", "in": ["rarely"]},
        ]
        del data["notices"][9]

    assert findings_of(changed(change)) == [
        ("error", "question_unreachable", "questions[8].show_if"),
    ]


def test_unreachable_safety_rule():
    def change(data):
        data["safety"]["derived"][0]["when"][0]["at_least"] = 11

    assert findings_of(changed(change)) == [
        ("error", "derived_unreachable", "safety.derived[0].when")
    ]


@pytest.mark.parametrize("when", [[], [{"answer": "worst_pain", "at_least": 0}]])
def test_safety_rules_that_stop_all_runners(when):
    def change(data):
        data["safety"]["derived"][0]["when"] = when

    assert findings_of(changed(change)) == [("error", "nobody_scored", "safety.derived")]


def test_non_stopping_safety_rule_has_no_findings():
    def change(data):
        data["safety"]["derived"] = [{"level": "check", "when": [], "why": "always"}]

    assert findings_of(changed(change)) == []


def test_score_area_without_points():
    def change(data):
        data["dimensions"].append({"key": "sleep", "label": "Sleep", "plain": "", "weight": 1})

    assert findings_of(changed(change)) == [("error", "dimension_unfed", "dimensions[4]")]


def test_score_area_with_only_zero_points():
    def change(data):
        data["dimensions"].append({"key": "sleep", "label": "Sleep", "plain": "", "weight": 1})
        data["questions"][0]["choices"][0]["points"]["sleep"] = 0

    assert findings_of(changed(change)) == [("error", "dimension_unfed", "dimensions[4]")]


def test_stopping_level_with_a_guide():
    def change(data):
        data["safety"]["levels"]["clinician"]["guide"] = "after_clearance"

    assert findings_of(changed(change)) == [
        ("error", "guide_at_stop", "safety.levels.clinician.guide")
    ]


def test_unused_safety_level():
    def change(data):
        data["safety"]["items"].pop()

    assert findings_of(changed(change)) == [("warning", "level_unused", "safety.levels.check")]


def test_missing_text():
    def change(data):
        data["questions"][2]["choices"][1]["label"] = " "

    assert findings_of(changed(change)) == [
        ("warning", "text_missing", "questions[2].choices[1].label")
    ]


def message_of(change):
    [finding] = check(parse(changed(change)))
    return finding.message


def test_messages_name_the_parts_to_fix():
    def at_stop(data):
        data["safety"]["levels"]["clinician"] |= {"guide": "after_clearance", "title": "Stop"}

    def unused(data):
        data["safety"]["items"].pop()
        data["safety"]["levels"]["check"]["title"] = "Wait"

    def nobody(data):
        data["safety"]["derived"][0]["when"] = []

    def late(data):
        data["profiles"].insert(2, profile("late", [[{"score": "mobility", "below": 50}]]))
        data["profiles"][2]["title"] = "Late"
        data["profiles"][0]["title"] = "First"
        data["profiles"][1]["title"] = "Early"

    assert message_of(at_stop) == (
        "“Stop” ends the questions, but still offers a guide. Never offer one here."
    )
    assert message_of(unused) == "Nothing leads to “Wait”. Remove it, or give it a safety item."
    assert message_of(nobody) == (
        "No matter what a runner answers, a safety rule stops them, so no one gets a result. Make "
        "these rules narrower."
    )
    assert message_of(late) == (
        "Whenever the result type “Late” fits, “First” or “Early” fits too and gets picked, because "
        "it comes first. Move “Late” above, or ask for more in “First” or “Early”."
    )
    assert message_of(lambda data: data["profiles"].pop()) == (
        "Some ways to answer lead to no result type. "
        "Add a last one that always fits, or make the rules wider."
    )
    assert message_of(lambda data: data.update(title=" ")) == (
        "This is empty, and runners read it."
    )


def test_errors_come_before_warnings():
    def change(data):
        data["title"] = ""
        data["profiles"].pop()

    assert [severity for severity, _, _ in findings_of(changed(change))] == ["error", "warning"]


def ways_to_answer(definition):
    """Every combination of valid answers."""
    keys = [question.key for question in definition.questions]
    answers = [
        options_of(question) + [None] * question.optional for question in definition.questions
    ]
    return [dict(zip(keys, combination, strict=True)) for combination in product(*answers)]


def errors_by_hand(definition):
    """The reachability errors, derived from all possible results."""
    ways = ways_to_answer(definition)
    shown = {question.key for way in ways for question in walk(definition, way).shown}
    results = [score(definition, way, ["none"]) for way in ways]
    fired = [derived for result in results for derived in result.trace.derived]
    scored = [result for result in results if not result.stopped]
    yield from (
        ("derived_unreachable", f"safety.derived[{index}].when")
        for index, derived in enumerate(definition.safety.derived)
        if derived not in fired
    )
    yield from (
        ("question_unreachable", f"questions[{index}].show_if")
        for index, question in enumerate(definition.questions)
        if question.key not in shown
    )
    yield from (
        result_errors(definition, scored) if scored else [("nobody_scored", "safety.derived")]
    )


def result_errors(definition, results):
    for index, dimension in enumerate(definition.dimensions):
        if all(result.dimensions[dimension.key].score is None for result in results):
            yield "dimension_unfed", f"dimensions[{index}]"
    picked = {result.profile for result in results}
    if None in picked:
        yield "no_profile", "profiles"
    for index, result_type in enumerate(definition.profiles):
        if result_type.key not in picked:
            fits = any(holds(result_type.rule, result) for result in results)
            code = "profile_shadowed" if fits else "profile_unreachable"
            yield code, f"profiles[{index}].rule"
    for index, notice in enumerate(definition.notices):
        if not any(notice.key in result.notices for result in results):
            yield "notice_unreachable", f"notices[{index}].rule"


def holds(rule, result):
    return rule_holds(rule, result.answers, result.dimensions)


@given(definitions(most_questions=3))
def test_search_agrees_with_brute_force(definition):
    errors = [
        (finding.code, finding.where)
        for finding in check(definition)
        if finding.severity == "error"
    ]

    assert errors == list(errors_by_hand(definition))


@given(definitions(most_questions=3))
def test_example_is_among_the_brute_force_results(definition):
    clauses = [clause for profile in definition.profiles for clause in profile.rule]
    results = [score(definition, way, ["none"]) for way in ways_to_answer(definition)]
    uncovered = [
        result.answers for result in results if not result.stopped and result.profile is None
    ]

    answers = example(definition, clauses, frozenset())

    assert (answers is None) == (uncovered == [])
    assert answers is None or any(answers.items() <= way.items() for way in uncovered)


@given(definitions(most_questions=4))
def test_truncated_search_has_no_false_positives(definition):
    clauses = [clause for profile in definition.profiles for clause in profile.rule]

    whole, part = outcomes(definition, clauses), outcomes(definition, clauses, steps=10)

    assert whole.proven
    assert part.held <= whole.held
    assert not part.proven or part == whole


def many_questions(*rules):
    """Forty questions, each with points in two score areas, in combinations that rarely coincide."""
    questions = [
        {
            "key": f"q{index}",
            "kind": "choice",
            "text": "How much?",
            "choices": [
                {
                    "key": f"c{step}",
                    "label": f"So much: {step}",
                    "points": {
                        f"d{index % 3}": step * index,
                        f"d{(index + step) % 3}": (7 * index) ** step % 1000,
                    },
                }
                for step in range(4)
            ],
        }
        for index in range(40)
    ]
    dimensions = [
        {"key": f"d{index}", "label": "Area", "plain": "", "weight": 1} for index in range(3)
    ]
    return DATA | {
        "dimensions": dimensions,
        "questions": questions,
        "safety": DATA["safety"] | {"derived": []},
        "profiles": [profile(f"p{index}", rule) for index, rule in enumerate(rules)],
        "notices": [],
    }


RARE = [{"score": f"d{index}", "at_least": 50, "below": 51} for index in range(3)]


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ([[RARE], [[]]], "profiles[0].rule"),
        ([[[{"score": "d0", "at_least": 1}], [{"score": "d1", "below": 99}]]], "profiles"),
    ],
    ids=["that it can be picked", "that there is always one"],
)
def test_search_limit_is_reported_as_unproven(rules, where):
    findings = check(parse(many_questions(*rules)))

    assert [(finding.severity, finding.code, finding.where) for finding in findings] == [
        ("warning", "not_proven", where)
    ]


def cases(*expected, **case):
    """The findings of a case about somebody who reaches the knees."""
    whole = {"name": "Knees", "answers": VALID, "safety": ["none"], "expect": dict(expected)}
    findings = check(parse(small(cases=[whole | case])))
    return [(finding.code, finding.where, finding.message) for finding in findings]


VALID = {"touch": "knee", "pain": 3, "lifts": "nothing", "bridge": "glute"}


def test_case_that_comes_out_has_no_findings():
    assert (
        cases(
            ("level", "none"),
            ("profile", "stiff"),
            ("measured", ["reach", "power"]),
            ("notices", ["sore"]),
            ("no_notices", ["easy"]),
        )
        == []
    )
    assert cases(("level", "stop"), ("profile", "none"), safety=["fall"]) == []


@pytest.mark.parametrize(
    ("expected", "failure"),
    [
        (("level", "stop"), "the safety level is “none” and not “Get help now”"),
        (("profile", "ready"), "the result type is “Reach first” and not “Ready to lift”"),
        (("profile", "gone"), "the result type is “Reach first” and not “gone”"),
        (("measured", ["gone"]), "the score area “gone” isn't measured"),
        (("unmeasured", ["reach"]), "the score area “Reach” is measured"),
        (("notices", ["easy"]), "the advice “Only short runs.” is missing"),
        (("no_notices", ["sore"]), "the advice “Mind the pain.” is given"),
    ],
)
def test_case_that_comes_out_differently_is_an_error(expected, failure):
    assert cases(expected) == [("case_failed", "cases[0]", f"It comes out differently: {failure}.")]


def test_case_that_fails_in_two_ways_names_both():
    [(_, _, message)] = cases(("level", "stop"), ("notices", ["easy"]))

    assert message.endswith(
        ": the safety level is “none” and not “Get help now”; the advice “Only short runs.” is missing."
    )


def test_case_whose_answers_are_gone_is_an_error():
    [(_, _, message)] = cases(answers={"touch": "moon", "tea": "green"}, safety=["none"])

    assert message == (
        "It comes out differently: “How much does it hurt?” isn't answered; "
        "“tea” isn't asked anymore; “How far do you reach?” has another answer."
    )


def test_case_whose_safety_item_is_gone_is_an_error():
    [(_, _, message)] = cases(safety=["gone"])

    assert message == (
        "It comes out differently: the safety list doesn't offer what is checked on it."
    )


def test_long_advice_is_cut_in_a_finding():
    data = small(cases=[], notices=[{"key": "long", "rule": [[]], "text": "word " * 40}])
    case = {
        "name": "Knees",
        "answers": VALID,
        "safety": ["none"],
        "expect": {"no_notices": ["long"]},
    }

    [finding] = check(parse(data | {"cases": [case]}))

    assert finding.message.endswith(f"the advice “{'word ' * 15}word…” is given.")


def tried(count, **rules):
    """A question with so many choices to pick from, and rules for extra advice."""
    choices = [{"key": f"c{n}", "label": f"c{n}", "points": {}} for n in range(count)]
    question = {"key": "tried", "kind": "several", "text": "Tried?", "choices": choices}
    notices = [{"key": key, "rule": [rule], "text": key} for key, rule in rules.items()]
    data = small(notices=notices)
    return parse(data | {"questions": [*data["questions"], question]})


def test_several_choices_are_tried_together():
    both = [{"answer": "tried", "in": ["c0"]}, {"answer": "tried", "in": ["c1"]}]
    neither = [{"answer": "tried", "in": ["c0"]}, {"answer": "tried", "not_in": ["c0", "c1"]}]

    findings = check(tried(3, both=both, neither=neither))

    assert [(finding.code, finding.where) for finding in findings] == [
        ("notice_unreachable", "notices[1].rule")
    ]


def test_a_choice_that_stands_alone_is_not_tried_with_others():
    both = [{"answer": "tried", "in": ["c0"]}, {"answer": "tried", "in": ["c1"]}]
    definition = tried(3, both=both)
    question = definition.questions[-1]
    alone = replace(
        question, choices=(replace(question.choices[0], alone=True), *question.choices[1:])
    )

    findings = check(replace(definition, questions=(*definition.questions[:-1], alone)))

    assert [finding.code for finding in findings] == ["notice_unreachable"]


def test_too_many_sets_of_choices_are_reported_as_unproven():
    rules = {f"n{n}": [{"answer": "tried", "in": [f"c{n}"]}] for n in range(14)}
    definition = tried(14, **rules)

    reached = outcomes(definition, [rule[0] for rule in (n.rule for n in definition.notices)])

    assert reached.proven is False
