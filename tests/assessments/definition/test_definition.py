"""Parsing assessment files: what is rejected, where, and with which message."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definition import DefinitionError, Disclaimers, parse
from runfit.lib.json_format.writing import canonical, file_text, to_data
from tests.assessments.small import caring, small
from tests.assessments.strategies import json_values
from tests.support import first_edition

CONTENT = Path(__file__).resolve().parents[3] / "content" / "tight-hips.json"
DEFAULT = first_edition.DATA
MISSING = object()


DIMENSION = DEFAULT["dimensions"][0]["key"]


def faults(data):
    """All faults of a file, as (where, message)."""
    try:
        parse(data)
    except DefinitionError as refused:
        return [(fault.where, fault.message) for fault in refused.faults]
    return []


def changed(*path, to):
    """The default content with one value replaced, or removed if `to` is MISSING."""
    data = deepcopy(DEFAULT)
    part = data
    for step in path[:-1]:
        part = part[step]
    if to is MISSING:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return data


@pytest.mark.parametrize("path", [first_edition.PATH, CONTENT], ids=["first edition", "second"])
def test_content_file_round_trips_byte_for_byte(path):
    text = path.read_text(encoding="utf-8")

    assert file_text(parse(json.loads(text))) == text


def test_canonical_form_is_compact_and_equivalent():
    text = canonical(parse(DEFAULT))
    assert text.startswith('{"slug":"tight-hips",')

    assert json.loads(text) == DEFAULT
    assert "\n" not in text
    assert canonical(parse(json.loads(text))) == text


def test_keys_are_written_in_a_fixed_order():
    shuffled = dict(reversed(DEFAULT.items()))

    assert list(to_data(parse(shuffled))) == list(DEFAULT)


def test_missing_keys_stay_missing_and_read_as_defaults():
    data = {key: DEFAULT[key] for key in DEFAULT if key not in {"language", "minutes", "notices"}}

    definition = parse(data)

    assert (definition.language, definition.minutes, definition.notices) == ("en", None, ())
    assert to_data(definition) == data


def test_explicit_defaults_are_written_back():
    data = changed("questions", 0, "optional", to=False)

    assert to_data(parse(data)) == data


def test_balance_needs_both_sides():
    data = changed("dimensions", 0, "balance", to=MISSING)

    assert faults(data) == [
        ("dimensions", "must have a “balance” of both sides, each once, or of none.")
    ]


def test_spot_needs_a_drawing():
    [at] = [n for n, entry in enumerate(DEFAULT["questions"]) if entry["key"] == "reach"]
    data = changed("questions", at, "drawing", to=MISSING)

    assert faults(data)[0] == (
        f"questions[{at}].choices[0].spot", "needs a “drawing” of its question."
    )  # fmt: skip


@pytest.mark.parametrize("name", ["low_label", "high_label"])
def test_only_a_scale_has_words_at_its_ends(name):
    scale, choice = 3, 0

    assert faults(changed("questions", scale, name, to="No pain")) == []
    assert faults(changed("questions", choice, name, to="No pain")) == [
        (f"questions[{choice}].{name}", f"“{name}” is not known here. Remove or correct it.")
    ]


@pytest.mark.parametrize("spot", [[1], [1, 2, 3], [1, 101], [-1, 2], "1 2", [1.5, 2], None])
def test_spot_must_be_two_percentages(spot):
    [at] = [n for n, entry in enumerate(DEFAULT["questions"]) if entry["key"] == "reach"]

    [(where, _)] = faults(changed("questions", at, "choices", 0, "spot", to=spot))

    assert where == f"questions[{at}].choices[0].spot"


def test_unknown_faq_keys_are_rejected():
    assert faults(changed("profiles", 0, "faq", to={"tea": "Yes."})) == [
        ("profiles[0].faq.tea", "there is no faq “tea”.")
    ]
    assert faults(changed("notices", 0, "faq", to="tea")) == [
        ("notices[0].faq", "there is no faq “tea”.")
    ]


def test_advice_stands_in_one_place():
    notice = {"key": "short", "rule": [[]], "text": "Short runs.", "faq": "run", "in_why": True}
    faq = {"key": "run", "question": "Can I run?", "answer": "Yes."}

    assert faults(DEFAULT | {"notices": [notice], "faq": [faq]})[-1] == (
        "notices[0].in_why",
        "can't be true where there's a “faq”.",
    )


def test_cases_have_names_of_their_own():
    case = {"answers": {}, "safety": ["none"], "expect": {}}
    named = [case | {"name": name} for name in ("Knees", "", "Knees", "x" * 201)]

    assert faults(DEFAULT | {"cases": named}) == [
        ("cases[2].name", "“Knees” is used twice."),
        ("cases[1].name", "must have 1 to 200 characters."),
        ("cases[3].name", "must have 1 to 200 characters."),
    ]


TRIED = {
    "key": "tried",
    "kind": "several",
    "text": "What have you tried?",
    "choices": [
        {"key": "stretching", "label": "Stretching", "points": {}},
        {"key": "strength", "label": "Strength work", "points": {}},
        {"key": "nothing", "label": "Nothing yet", "points": {}, "alone": True},
    ],
}


@pytest.mark.parametrize(
    ("answer", "stored"),
    [
        (["stretching"], ("stretching",)),
        (["strength", "stretching", "strength"], ("stretching", "strength")),
        (("nothing",), ("nothing",)),
        (["nothing", "strength"], None),
        (["stretching", "tea"], None),
        (["stretching", 1], None),
        ("stretching", None),
        ({"stretching": 1}, None),
        ([], None),
    ],
)
def test_several_answers_are_stored_once_in_order(answer, stored):
    question = parse(DEFAULT | {"questions": [*DEFAULT["questions"], TRIED]}).question("tried")

    assert question.valid_answer(answer) == stored


def test_answers_have_labels():
    definition = parse(DEFAULT | {"questions": [*DEFAULT["questions"], TRIED]})

    assert definition.question("tried").answer_label(("stretching", "strength")) == (
        "Stretching, Strength work"
    )
    assert definition.question("duration").answer_label("gt12m") == "More than a year"
    assert definition.question("worst_pain").answer_label(4) == "4"


def test_several_choices_have_no_points():
    choice = TRIED["choices"][0] | {"points": {DIMENSION: 1}}
    question = TRIED | {"choices": [choice]}

    assert faults(DEFAULT | {"questions": [*DEFAULT["questions"], question]}) == [
        (
            f"questions[{len(DEFAULT['questions'])}].choices[0].points",
            "must be empty, since runners can pick more than one answer.",
        )
    ]


def test_only_one_of_several_choices_can_stand_alone():
    assert faults(changed("questions", 0, "choices", 0, "alone", to=True)) == [
        ("questions[0].choices[0].alone", "needs a question of the kind “several”.")
    ]


@pytest.mark.parametrize("answer", ["lt2w", 3, ["stretching", "strength"]])
def test_cases_hold_answers_of_every_kind(answer):
    case = {"name": "A runner", "answers": {"q": answer}, "safety": ["none"], "expect": {}}

    definition = parse(DEFAULT | {"cases": [case]})

    assert to_data(definition)["cases"] == [case]


@pytest.mark.parametrize("answer", [None, 1.5, True, {"a": 1}])
def test_answers_of_cases_have_a_type(answer):
    case = {"name": "A runner", "answers": {"q": answer}, "safety": ["none"], "expect": {}}

    assert [where for where, _ in faults(DEFAULT | {"cases": [case]})] == ["cases[0].answers.q"]


@pytest.mark.parametrize("language", ["en", "pt-BR", "es-419"])
def test_language_can_include_a_region(language):
    assert parse(DEFAULT | {"language": language}).language == language


def test_lookups_find_by_key():
    definition = parse(DEFAULT)

    assert definition.question("reach").option("ankle").points == {"mobility": 1}
    assert definition.profile("strength_gap").start_phase == 3
    assert definition.dimension("settled").weight == 15
    assert definition.notice("load_jump").rule[0][0].in_ == ("yes",)
    assert definition.safety.item("night").level == "clinician"
    assert definition.safety.has_item("none") is False
    assert definition.safety.level("check").stops is False
    assert definition.safety.level("emergency").stops is True


REFUSED = [
    (("title",), MISSING, "title", "is missing."),
    (("safety",), MISSING, "safety", "is missing."),
    (("safety",), [], "safety", "must be an object."),
    (("slug",), "Tight hips", "slug", "must be 1 to 64 small letters, digits, “-” or “_”."),
    (("slug",), "x" * 65, "slug", "must be 1 to 64 small letters, digits, “-” or “_”."),
    (("slug",), "hips\n", "slug", "must be 1 to 64 small letters, digits, “-” or “_”."),
    (("title",), 5, "title", "must be text."),
    (
        ("title",),
        "a\x00b",
        "title",
        "has a character that cannot be printed. Type this text again.",
    ),
    (
        ("title",),
        "\ud800",
        "title",
        "has a character that cannot be printed. Type this text again.",
    ),
    (
        ("title",),
        "a\u2028b",
        "title",
        "has a character that cannot be printed. Type this text again.",
    ),
    (("language",), "e n", "language", "must be a language code such as “en” or “pt-BR”."),
    (("minutes",), True, "minutes", "must be a whole number from 0 to 1000000."),
    (("minutes",), 3.0, "minutes", "must be a whole number from 0 to 1000000."),
    (("colour",), "red", "colour", "“colour” is not known here. Remove or correct it."),
    (
        ("safety", "items", 2, "colour"),
        "red",
        "safety.items[2].colour",
        "“colour” is not known here. Remove or correct it.",
    ),
    (
        ("profiles", 0, "rule", 0, 0, "maybe"),
        [],
        "profiles[0].rule[0][0].maybe",
        "“maybe” is not known here. Remove or correct it.",
    ),
    (
        ("questions", 3, "choices"),
        [],
        "questions[3].choices",
        "“choices” is not known here. Remove or correct it.",
    ),
    (
        ("questions", 0, "kind"),
        "text",
        "questions[0].kind",
        "must be one of: choice, several, scale.",
    ),
    (("questions", 0, "choices"), [], "questions[0].choices", "must not be empty."),
    (("questions", 0, "choices", 0), 5, "questions[0].choices[0]", "must be an object."),
    (("questions", 0, "optional"), 1, "questions[0].optional", "must be true or false."),
    (("questions", 0, "how_to"), ["a", 5], "questions[0].how_to[1]", "must be text."),
    (
        ("questions", 3, "bands", 1, "points", "settled"),
        -1,
        "questions[3].bands[1].points.settled",
        "must be a whole number from 0 to 1000000.",
    ),
    (
        ("questions", 3, "bands", 1, "points", "settled"),
        10**5000,
        "questions[3].bands[1].points.settled",
        "must be a whole number from 0 to 1000000.",
    ),
    (
        ("questions", 3, "bands", 1, "from"),
        4,
        "questions[3].bands",
        "leave a gap between 2 and 4.",
    ),
    (("questions", 3, "bands", 1, "from"), 2, "questions[3].bands", "overlap at 2."),
    (
        ("questions", 3, "bands", 1, "from"),
        10,
        "questions[3].bands",
        "must each run from a smaller to a larger number.",
    ),
    (("questions",), [], "questions", "must not be empty."),
    (("questions", 3, "maximum"), 11, "questions[3].bands", "must run from 0 to 11."),
    (
        ("questions", 5, "choices", 0, "points"),
        {"reach": 1},
        "questions[5].choices[0].points.reach",
        "there is no dimension “reach”.",
    ),
    (
        ("questions", 1, "key"),
        "safety",
        "questions[1].key",
        "“safety” is reserved. Choose another key.",
    ),
    (
        ("questions", 1, "show_if", 0, "answer"),
        "reach",
        "questions[1].show_if[0].answer",
        "there is no earlier question “reach”.",
    ),
    (
        ("questions", 1, "show_if", 0, "answer"),
        "pattern",
        "questions[1].show_if[0].answer",
        "there is no earlier question “pattern”.",
    ),
    (
        ("questions", 1, "show_if", 0),
        {"score": "mobility", "below": 5},
        "questions[1].show_if[0].score",
        "“score” is not known here. Remove or correct it.",
    ),
    (
        ("questions", 1, "show_if", 0, "not_in", 0),
        "never",
        "questions[1].show_if[0].not_in[0]",
        "there is no choice “never”.",
    ),
    (
        ("questions", 1, "show_if", 0),
        {"answer": "duration", "at_least": 5},
        "questions[1].show_if[0]",
        "must use “in” or “not_in”, as “duration” isn't a scale.",
    ),
    (
        ("safety", "derived", 0, "when", 0),
        {"answer": "worst_pain", "in": []},
        "safety.derived[0].when[0]",
        "must use “at_least” or “at_most”, as “worst_pain” is a scale.",
    ),
    (
        ("safety", "items", 0, "level"),
        "panic",
        "safety.items[0].level",
        "there is no level “panic”.",
    ),
    (
        ("safety", "items", 0, "key"),
        "none",
        "safety.items[0].key",
        "“none” is reserved. Choose another key.",
    ),
    (
        ("safety", "levels", "check", "rank"),
        2,
        "safety.levels",
        "must each have a “rank” of their own.",
    ),
    (
        ("safety", "levels", "check", "scores"),
        "shown",
        "safety.levels.check.scores",
        "must be one of: hidden, after_clearance.",
    ),
    (
        ("safety", "levels", "check", "guide"),
        "now",
        "safety.levels.check.guide",
        "must be one of: never, after_clearance.",
    ),
    (
        ("dimensions", 0, "weight"),
        True,
        "dimensions[0].weight",
        "must be a whole number from 0 to 1000000.",
    ),
    (("dimensions", 1, "key"), "mobility", "dimensions[1].key", "“mobility” is used twice."),
    (
        ("questions", 0, "choices", 1, "key"),
        "none",
        "questions[0].choices[1].key",
        "“none” is used twice.",
    ),
    (("confidence", "high"), 101, "confidence.high", "must be a whole number from 0 to 100."),
    (
        ("confidence", "low"),
        60,
        "confidence",
        "must not rise from “high” to “medium” to “low”.",
    ),
    (("profiles",), [], "profiles", "must not be empty."),
    (
        ("profiles", 0, "start_phase"),
        4,
        "profiles[0].start_phase",
        "must be a whole number from 1 to 3.",
    ),
    (("profiles", 1, "rule", 0), {}, "profiles[1].rule[0]", "must be a list."),
    (
        ("profiles", 1, "rule", 0, 0),
        {"score": "mobility"},
        "profiles[1].rule[0][0]",
        "needs “below”, “at_least” or “unmeasured”.",
    ),
    (
        ("profiles", 1, "rule", 0, 0),
        {"score": "mobility", "unmeasured": True, "at_least": 5},
        "profiles[1].rule[0][0].at_least",
        "“at_least” is not known here. Remove or correct it.",
    ),
    (
        ("profiles", 1, "rule", 0, 0),
        {"confidence_in": ["none"]},
        "profiles[1].rule[0][0].any_score",
        "is missing.",
    ),
    (
        ("questions", 1, "show_if", 0),
        {"answer": "duration"},
        "questions[1].show_if[0].in",
        "is missing.",
    ),
    (
        ("questions", 1, "show_if", 0),
        {"answer": "duration", "in": [], "not_in": []},
        "questions[1].show_if[0].in",
        "“in” is not known here. Remove or correct it.",
    ),
    (
        ("profiles", 1, "rule", 0, 0, "unmeasured"),
        False,
        "profiles[1].rule[0][0].unmeasured",
        "must be true.",
    ),
    (
        ("notices", 7, "rule", 0, 0, "confidence_in"),
        ["sure"],
        "notices[7].rule[0][0].confidence_in[0]",
        "must be one of: high, medium, low, none.",
    ),
    (
        ("retest", "if_no_change", "8 weeks"),
        8,
        "retest.if_no_change.8 weeks",
        "must be text.",
    ),
    (
        ("retest", "if_few_done"),
        {"5 weeks": "Repeat these weeks."},
        "retest.if_few_done.5 weeks",
        "there is no “5 weeks” in “if_no_change”.",
    ),
    (
        ("disclaimers", "legal"),
        "x",
        "disclaimers.legal",
        "“legal” is not known here. Remove or correct it.",
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "where", "message"), REFUSED, ids=[case[2] for case in REFUSED]
)
def test_invalid_value_is_reported_with_its_location(path, value, where, message):
    assert (where, message) in faults(changed(*path, to=value))


REQUIRED = [
    ("slug",),
    ("title",),
    ("statement",),
    ("dimensions",),
    ("dimensions", 0, "key"),
    ("dimensions", 0, "label"),
    ("dimensions", 0, "plain"),
    ("dimensions", 0, "weight"),
    ("confidence",),
    ("confidence", "high"),
    ("confidence", "medium"),
    ("confidence", "low"),
    ("safety",),
    ("safety", "intro"),
    ("safety", "none_label"),
    ("safety", "items"),
    ("safety", "items", 0, "key"),
    ("safety", "items", 0, "level"),
    ("safety", "items", 0, "text"),
    ("safety", "items", 0, "why"),
    ("safety", "derived"),
    ("safety", "derived", 0, "level"),
    ("safety", "derived", 0, "when"),
    ("safety", "derived", 0, "why"),
    ("safety", "levels"),
    ("safety", "levels", "check", "rank"),
    ("safety", "levels", "check", "scores"),
    ("safety", "levels", "check", "guide"),
    ("safety", "levels", "check", "title"),
    ("safety", "levels", "check", "body"),
    ("questions",),
    ("questions", 0, "key"),
    ("questions", 0, "kind"),
    ("questions", 0, "text"),
    ("questions", 0, "choices"),
    ("questions", 0, "choices", 0, "key"),
    ("questions", 0, "choices", 0, "label"),
    ("questions", 0, "choices", 0, "points"),
    ("questions", 3, "minimum"),
    ("questions", 3, "maximum"),
    ("questions", 3, "bands"),
    ("questions", 3, "bands", 0, "from"),
    ("questions", 3, "bands", 0, "to"),
    ("questions", 3, "bands", 0, "points"),
    ("profiles",),
    ("profiles", 0, "key"),
    ("profiles", 0, "start_phase"),
    ("profiles", 0, "rule"),
    ("profiles", 0, "title"),
    ("profiles", 0, "summary"),
    ("profiles", 0, "first_step"),
    ("profiles", 0, "honest_note"),
    ("profiles", 0, "see_someone_if"),
    ("notices", 0, "key"),
    ("notices", 0, "rule"),
    ("notices", 0, "text"),
]


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_missing_required_key_is_reported(path):
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)

    assert (where.lstrip("."), "is missing.") in faults(changed(*path, to=MISSING))


OPTIONAL = [
    ("language",),
    ("minutes",),
    ("direction",),
    ("notices",),
    ("retest",),
    ("retest", "weekly"),
    ("retest", "labels"),
    ("disclaimers",),
    ("disclaimers", "privacy"),
    ("safety", "levels", "clinician", "tell_them"),
    ("safety", "levels", "clinician", "note"),
    ("questions", 9, "help"),
    ("questions", 1, "show_if"),
    ("questions", 9, "optional"),
    ("questions", 9, "group"),
    ("questions", 9, "how_to"),
    ("questions", 9, "skip_if"),
    ("questions", 9, "basis"),
    ("questions", 9, "source"),
    ("questions", 0, "compare_on_retest"),
    ("retest", "full"),
    ("retest", "earliest_days"),
    ("retest", "compare"),
    ("retest", "always_show"),
    ("retest", "labels", "better"),
    ("retest", "labels", "same"),
    ("retest", "labels", "worse"),
    ("disclaimers", "top"),
    ("disclaimers", "before_exercise"),
    ("disclaimers", "emergency"),
    ("disclaimers", "evidence"),
]


@pytest.mark.parametrize("path", OPTIONAL, ids=lambda path: ".".join(map(str, path)))
def test_optional_key_can_be_left_out(path):
    data = changed(*path, to=MISSING)

    assert to_data(parse(data)) == data


def test_missing_texts_are_blank():
    parsed = parse(DEFAULT | {"retest": {"labels": {}}, "disclaimers": {}})

    retest, labels, disclaimers = parsed.retest, parsed.retest.labels, parsed.disclaimers
    assert (retest.weekly, retest.compare, retest.always_show) == ("", "", "")
    assert (labels.better, labels.same, labels.worse) == ("", "", "")
    assert disclaimers == Disclaimers(absent=disclaimers.absent)


@pytest.mark.parametrize("key", ["safety", "csrfmiddlewaretoken", "form_token"])
def test_names_of_form_fields_are_reserved(key):
    assert ("questions[0].key", f"“{key}” is reserved. Choose another key.") in faults(
        changed("questions", 0, "key", to=key)
    )


def test_all_zero_weights_are_rejected():
    data = deepcopy(DEFAULT)
    for dimension in data["dimensions"]:
        dimension["weight"] = 0

    assert faults(data) == [("dimensions", "must have at least one weight above 0.")]


def test_all_faults_are_reported_once():
    data = changed("questions", 3, "bands", 1, "to", to="five")
    data["profiles"][0]["rule"][0][0]["in"] = ["sometime"]
    del data["confidence"]

    assert [where for where, _ in faults(data)] == [
        "confidence",
        "questions[3].bands[1].to",
        "profiles[0].rule[0][0].in[0]",
    ]


@pytest.mark.parametrize(
    ("ticked", "stops"),
    [
        ([], False),
        (["none"], False),
        (["needs_clearance"], False),
        (["night"], True),
        (["made_up", "needs_clearance", "night"], True),
    ],
)
def test_a_single_stopping_item_is_enough(ticked, stops):
    assert parse(DEFAULT).safety.stopped_by(ticked) is stops


@pytest.mark.parametrize("data", [None, [], "text", 5, {}])
def test_non_objects_and_empty_objects_are_rejected(data):
    with pytest.raises(DefinitionError):
        parse(data)


def paths(data, path=()):
    """The paths of all values in a file."""
    yield path
    if isinstance(data, dict | list):
        steps = data if isinstance(data, dict) else range(len(data))
        for step in steps:
            yield from paths(data[step], (*path, step))


@given(json_values())
def test_random_json_is_rejected(data):
    assert faults(data)


@given(st.data())
def test_random_value_anywhere_is_parsed_or_rejected(data):
    path = data.draw(st.sampled_from(list(paths(DEFAULT))[1:]))
    changed_file = changed(*path, to=data.draw(json_values()))

    found = faults(changed_file)

    assert found or to_data(parse(changed_file)) == changed_file


def test_only_one_case_is_the_example():
    data = caring()
    data["cases"].append(data["cases"][0] | {"name": "Another"})

    assert faults(data) == [("cases[1].example", "is true for an earlier case already.")]
    assert parse(caring()).example.name == "Stretches"
    assert parse(small()).example is None


def test_heading_of_a_result_type_is_its_headline_or_its_title():
    first, second = parse(caring()).profiles[:2]

    assert (first.heading, second.heading) == ("Loosen up", second.title)
