import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guides.content import (
    ContentError,
    Dose,
    EmailContent,
    has_lone_brace,
    kind,
    parse_content,
    parse_guide,
    parse_library,
    texts,
)
from runfit.lib.json_format.decoding import decode
from runfit.lib.json_format.writing import canonical, file_text, to_data
from tests.guides import samples


def faults_of(parse: Any, data: object) -> list[str]:
    with pytest.raises(ContentError) as caught:
        parse(data)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("name", "parse"), [("exercises", parse_library), ("strength-guide", parse_guide)]
)
def test_default_files_round_trip_byte_for_byte(name: str, parse: Any) -> None:
    content = (samples.CONTENT / f"{name}.json").read_bytes()

    assert file_text(parse(decode(content))).encode() == content


def test_absent_optional_fields_stay_absent() -> None:
    assert to_data(parse_library(samples.library())) == samples.library()


def test_optional_fields_round_trip() -> None:
    data = samples.library() | {
        "meta": {"version": "1", "status": ""},
        "no_plan": {"emergency": "See someone first."},
    }

    assert to_data(parse_library(data)) == data


def test_all_faults_are_reported_with_their_paths() -> None:
    data = samples.library()
    data["exercises"][0]["dose"]["sets"] = 2
    data["exercises"][1]["stpes"] = []
    data["plans"]["stiff"]["blocks"][0]["exercises"][1]["id"] = "missing"
    del data["shared_rules"]["runs"]

    assert faults_of(parse_library, data) == [
        "shared_rules.runs: is missing.",
        "exercises[0].dose.sets: must be text.",
        "exercises[1].stpes: “stpes” is not known here. Remove or correct it.",
        "plans.stiff.blocks[0].exercises[1].id: “missing” is not an exercise.",
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"phase": 4}, "exercises[0].phase: must be a whole number from 1 to 3."),
        ({"phase": True}, "exercises[0].phase: must be a whole number from 1 to 3."),
        ({"name": " "}, "exercises[0].name: must not be empty."),
        ({"name": "a\nb"}, "exercises[0].name: must be one line."),
        ({"name": "n" * 201}, "exercises[0].name: is longer than 200 characters."),
        ({"position": "p" * 5001}, "exercises[0].position: is longer than 5000 characters."),
        ({"steps": []}, "exercises[0].steps: must not be empty."),
        ({"steps": "Lift."}, "exercises[0].steps: must be a list."),
        ({"steps": ["a\nb"]}, "exercises[0].steps[0]: must be one line."),
        ({"dose": []}, "exercises[0].dose: must be an object."),
        (
            {"video_url": "javascript:alert(1)"},
            "exercises[0].video_url: must be a web address that starts with https:// or http://.",
        ),
        (
            {"video_url": "https://[::1"},
            "exercises[0].video_url: must be a web address that starts with https:// or http://.",
        ),
        (
            {"target": "nul \0"},
            "exercises[0].target: has a character that cannot be printed. Type this text again.",
        ),
        (
            {"target": "half \ud83d"},
            "exercises[0].target: has a character that cannot be printed. Type this text again.",
        ),
        (
            {"id": "Rock It"},
            "exercises[0].id: must be 1 to 64 small letters, digits, “-” or “_”.",
        ),
    ],
)
def test_invalid_value_is_rejected(change: dict[str, Any], fault: str) -> None:
    data = samples.library()
    data["exercises"][0] |= change
    data["plans"] = {}

    assert faults_of(parse_library, data) == [fault]


def test_duplicate_exercise_is_rejected() -> None:
    data = samples.library()
    data["exercises"].append(samples.EXERCISE)

    assert faults_of(parse_library, data) == ["exercises[2].id: “bridge” is used twice."]


def test_plan_can_refer_to_a_known_exercise() -> None:
    data = samples.library() | {"exercises": []}

    assert parse_library(data, known={"bridge", "rock"}).exercises == ()


def planned(**following: str) -> dict[str, Any]:
    """Plans of one exercises file, each with the one that comes after it."""
    plans = {key: {**samples.PLAN, "next_plan": then} for key, then in following.items()}
    return samples.library() | {"plans": {**plans, "strong": samples.PLAN}}


def test_plan_leads_to_one_of_the_same_self_check() -> None:
    library = parse_library(planned(stiff="weak", weak="strong"))
    assert library.plans["stiff"].next_plan == "weak"
    keys = {"a/stiff": "strong", "a/strong": "weak", "a/weak": "strong", "b/strong": "stiff"}

    assert faults_of(parse_library, planned(stiff="stiff", weak="gone")) == [
        "plans.stiff.next_plan: leads back to the plan itself.",
        "plans.weak.next_plan: “gone” has no plan.",
    ]
    assert faults_of(parse_library, planned(**keys)) == [
        "plans.a/strong.next_plan: leads back to the plan itself.",
        "plans.a/weak.next_plan: leads back to the plan itself.",
        "plans.b/strong.next_plan: “stiff” has no plan.",
    ]


def test_next_plan_begins_with_one_of_its_weeks() -> None:
    data = planned(stiff="strong", weak="strong")
    data["plans"]["stiff"]["next_week"] = 3
    data["plans"]["weak"]["next_week"] = 2
    data["plans"]["strong"] = {**samples.PLAN, "next_week": 1}

    assert faults_of(parse_library, data) == [
        "plans.stiff.next_week: goes past the plan's 2 weeks.",
        "plans.strong.next_week: is a week of no plan.",
    ]


def test_runner_has_the_plans_that_come_after_their_own() -> None:
    data = samples.edition()
    [profile] = data["profiles"]
    blocks = [{**samples.PLAN["blocks"][0], "weeks": weeks} for weeks in ([1, 2], [3, 6])]
    strong = {**samples.PLAN, "weeks": 6, "blocks": blocks}
    stiff = {**samples.PLAN, "next_plan": "strong", "next_week": 4}
    data["profiles"] = [
        {**profile, "key": key, "plan": plan}
        for key, plan in (("other", samples.PLAN), ("strong", strong), ("stiff", stiff))
    ]
    content = parse_content(data)

    own = content.for_runner("stiff", ())

    assert [each.key for each in own.profiles_from("stiff")] == ["stiff", "strong"]
    assert [each.key for each in own.profiles] == ["stiff", "strong"]
    assert own.start_after(own.profiles[0].plan) == (2, 2)
    assert own.start_after(own.profiles[1].plan) is None
    data["profiles"][1]["plan"] = {**strong, "next_plan": "stiff"}
    assert faults_of(parse_content, data)[0].startswith("profiles[1].plan.next_plan: leads back")


@pytest.mark.parametrize(
    ("weeks", "faults"),
    [
        (
            [2, 1],
            ["must begin after the weeks before it, and not end before it begins."],
        ),
        ([1, 3], ["goes past the plan's 2 weeks."]),
        ([1], ["must hold 2 values."]),
    ],
)
def test_block_weeks_are_validated(weeks: list[int], faults: list[str]) -> None:
    data = samples.library()
    data["plans"]["stiff"]["blocks"][0]["weeks"] = weeks

    assert faults_of(parse_library, data) == [
        f"plans.stiff.blocks[0].weeks: {fault}" for fault in faults
    ]


def test_a_plan_of_one_week_has_no_second_one() -> None:
    data = samples.library()
    data["plans"]["stiff"] |= {"weeks": 1}

    assert faults_of(parse_library, data) == [
        "plans.stiff.blocks[0].weeks: goes past the plan's 1 weeks."
    ]


def test_no_week_goes_past_a_plan_whose_weeks_are_refused() -> None:
    data = samples.library()
    data["plans"]["stiff"] |= {"weeks": "two"}

    assert faults_of(parse_library, data) == [
        "plans.stiff.weeks: must be a whole number from 1 to 104."
    ]


def test_blocks_must_not_overlap() -> None:
    data = samples.library()
    data["plans"]["stiff"]["blocks"] *= 2

    assert faults_of(parse_library, data) == [
        "plans.stiff.blocks[1].weeks: must begin after the weeks before it, "
        "and not end before it begins."
    ]


def test_plans_must_be_an_object() -> None:
    data = samples.library() | {"plans": [samples.PLAN]}

    assert faults_of(parse_library, data) == ["plans: must be an object."]


@pytest.mark.parametrize("url", ["http://example.org", "https://example.org/a?b=c#d", ""])
def test_video_url_is_a_web_address_or_blank(url: str) -> None:
    data = samples.library()
    data["exercises"][0]["video_url"] = url

    assert parse_library(data).exercises[0].video_url == url


@pytest.mark.parametrize("key", ["stiff", "small-check/stiff"])
def test_plan_key_can_include_self_check(key: str) -> None:
    data = samples.library() | {"plans": {key: samples.PLAN}}

    assert list(parse_library(data).plans) == [key]


@pytest.mark.parametrize("key", ["Stiff", "a/b/c", "/stiff", ""])
def test_invalid_plan_key_is_rejected(key: str) -> None:
    data = samples.library() | {"plans": {key: samples.PLAN}}

    assert faults_of(parse_library, data) == [
        f"plans.{key}: must be a result's key, or self-check/key."
    ]


def test_keys_that_differ_by_spaces_are_duplicates() -> None:
    data = samples.library() | {"plans": {"stiff": samples.PLAN, "stiff ": samples.PLAN}}

    assert faults_of(parse_library, data) == ["plans.stiff : is there twice."]


def test_whitespace_and_line_endings_are_normalized() -> None:
    data = samples.library()
    data["exercises"][0]["position"] = "  On your back.\r\nRelax. "

    assert parse_library(data).exercises[0].position == "On your back.\nRelax."


@pytest.mark.parametrize("language", ["en", "pt-BR", "es-419"])
def test_a_language_may_name_its_region(language: str) -> None:
    assert parse_guide(samples.guide() | {"language": language}).language == language


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_file_must_be_an_object(data: object) -> None:
    assert faults_of(parse_library, data) == ["file: must be an object."]


def test_dose_facts() -> None:
    dose = Dose(
        sets="2-3",
        reps=None,
        seconds="15-20",
        per_side=True,
        rest_seconds=30,
        days_per_week="3-4",
        tempo="slow",
        effort="medium",
    )

    assert dose.facts() == (
        ("Sets", "2-3"),
        ("Hold", "15-20 seconds each side"),
        ("Rest", "30 seconds"),
        ("Days a week", "3-4"),
        ("Pace", "slow"),
        ("Effort", "medium"),
    )


def test_plan_alone_says_how_much() -> None:
    dose = Dose(
        sets="2-3",
        reps="8",
        seconds="15",
        per_side=True,
        rest_seconds=30,
        days_per_week="3-4",
        tempo="slow",
        effort=None,
    )

    assert dose.manner() == (("Rest", "30 seconds"), ("Pace", "slow"))


@pytest.mark.parametrize(
    ("per_side", "repeats", "hold"),
    [(True, "8 each side", "20 seconds each side"), (False, "8", "20 seconds")],
)
def test_dose_facts_mention_each_side(per_side: bool, repeats: str, hold: str) -> None:
    data = samples.library()
    data["exercises"][0]["dose"] |= {"reps": "8", "seconds": "20", "per_side": per_side}

    facts = dict(parse_library(data).exercises[0].dose.facts())

    assert (facts["Reps"], facts["Hold"]) == (repeats, hold)


@pytest.mark.parametrize("numbers", [(1, 2), (1, 3, 2), (1, 2, 2), (1, 2, 3, 3), ()])
def test_guide_requires_three_phases_in_order(numbers: tuple[int, ...]) -> None:
    data = samples.guide()
    data["phases"] = [data["phases"][0] | {"number": number} for number in numbers]

    assert faults_of(parse_guide, data) == ["phases: must be the phases 1, 2 and 3, in this order."]


def test_email_rejects_unknown_variables() -> None:
    data = samples.guide()
    data["emails"]["guide"] = {
        "subject": "Hi {name}",
        "preview": "{a}",
        "body": ["{guide}", "{}"],
        "button": "{b}",
    }

    assert faults_of(parse_guide, data) == [
        f"emails.guide.{where}: “{{{name}}}” is not one of {{practice}}, {{guide}}, {{days}}."
        for where, name in (("subject", "name"), ("preview", "a"), ("body[1]", ""), ("button", "b"))
    ]


@pytest.mark.parametrize(
    ("text", "lone"), [("{guide} for {days} days", False), ("{guide", True), ("guide}", True)]
)
def test_lone_brace_is_detected(text: str, lone: bool) -> None:
    assert has_lone_brace(text) is lone


def test_email_variables_are_replaced() -> None:
    data = samples.guide()
    data["emails"]["guide"] |= {"preview": "{practice} sent it.", "button": "Open {guide}"}
    email = parse_guide(data).emails.guide

    assert email.filled(practice="A {guide} practice", guide="G", days=30) == EmailContent(
        subject="Your guide from A {guide} practice",
        preview="A {guide} practice sent it.",
        body=("Here is G.", "It works for 30 days."),
        button="Open G",
    )


def test_written_emails_are_listed_by_key() -> None:
    emails = parse_guide(samples.guide()).emails

    assert list(emails.written()) == [("guide", emails.guide), ("follow_up", emails.follow_up)]


def test_email_texts_come_with_their_paths() -> None:
    email = parse_guide(samples.guide()).emails.guide

    assert list(email.texts()) == [
        ("subject", email.subject),
        ("preview", email.preview),
        ("body[0]", email.body[0]),
        ("body[1]", email.body[1]),
        ("button", email.button),
    ]


def test_only_the_guide_email_has_more_subject_lines_and_three_at_most() -> None:
    data = samples.guide()
    data["emails"]["guide"]["other_subjects"] = ["Two", "Three"]
    email = parse_guide(data).emails.guide
    data["emails"]["guide"]["other_subjects"].append("Four")
    data["emails"]["follow_up"]["other_subjects"] = ["Two"]

    with pytest.raises(ContentError) as caught:
        parse_guide(data)

    assert email.subjects == ("Your guide from {practice}", "Two", "Three")
    assert [fault.where for fault in caught.value.faults] == [
        "emails.guide.other_subjects",
        "emails.follow_up",
    ]


def test_default_email_subject_and_preview_do_not_mention_health() -> None:
    email = samples.default_edition().emails.guide

    assert (email.subject, email.preview) == (
        "Your guide from {practice}",
        "The link you asked for is inside.",
    )


def test_edition_round_trips() -> None:
    content = parse_content(samples.edition() | {"title": "Dehnen für Läufer"})

    text = canonical(content)

    assert parse_content(json.loads(text)) == content
    assert text.startswith('{"slug":"small-guide","language":"en","title":"Dehnen für Läufer",')


def test_texts_come_with_their_paths() -> None:
    by_path = dict(texts(parse_content(samples.edition())))

    assert by_path["title"] == "A small guide"
    assert by_path["phases[1].title"] == "Activate"
    assert by_path["exercises[1].steps[0]"] == "Lift your hips."


def test_edition_lookups() -> None:
    content = parse_content(samples.edition())
    plan = content.plan("stiff")

    assert plan is not None
    assert [exercise.id for exercise in content.exercises_of(plan)] == ["rock", "bridge"]
    assert (content.profile("other"), content.plan("other")) == (None, None)
    rock, bridge = content.exercises
    assert (content.exercise("rock"), content.exercise("bridge")) == (rock, bridge)
    assert content.session(plan.blocks[0]) == ((bridge, "2 x 10"), (rock, "1 x 5"))
    assert [content.phase(number).title for number in (1, 2, 3)] == [
        "Move",
        "Activate",
        "Strengthen",
    ]


def test_common_stops_are_separated_from_own_stops() -> None:
    content = parse_content(samples.edition())

    assert content.common_stops == ("Sharp pain",)
    assert [content.own_stops(exercise) for exercise in content.exercises] == [
        (),
        ("Pain in the back",),
    ]


def test_edition_without_exercises_has_no_common_stops() -> None:
    content = parse_content(samples.edition() | {"exercises": [], "profiles": []})

    assert content.common_stops == ()


def test_default_plans_match_result_types() -> None:
    library = parse_library(decode((samples.CONTENT / "exercises.json").read_bytes()))
    check = json.loads((samples.CONTENT / "tight-hips.json").read_text(encoding="utf-8"))

    assert set(library.plans) == {profile["key"] for profile in check["profiles"]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"questions": []}, "assessment"),
        ({"exercises": []}, "exercises"),
        ({"phases": []}, "guide"),
    ],
)
def test_kind_is_detected_by_keys(data: object, expected: str) -> None:
    assert kind(data) == expected


@pytest.mark.parametrize("data", [{}, {"questions": [], "phases": []}, [], "questions", None])
def test_ambiguous_or_unknown_kind_is_rejected(data: object) -> None:
    assert faults_of(kind, data) == [
        "file: must have exactly one of “questions” (assessment), “exercises” (exercises), "
        "“phases” (guide)."
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all values in a JSON tree."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    inner = [path_below for key in keys for path_below in paths(value[key], (*path, key))]  # type: ignore[index]
    return [*([path] if path else []), *inner]


@given(st.data())
def test_any_changed_library_parses_or_is_rejected(data: st.DataObject) -> None:
    library: Any = samples.library()
    *parents, last = data.draw(st.sampled_from(paths(library)))
    target = library
    for key in parents:
        target = target[key]
    target[last] = data.draw(JSON)

    try:
        parsed = parse_library(library)
    except ContentError:
        return
    assert parse_library(json.loads(file_text(parsed))) == parsed


def test_guide_without_follow_up_round_trips():
    data = samples.guide()
    del data["emails"]["follow_up"]

    guide = parse_guide(data)

    assert guide.emails.follow_up is None
    assert to_data(guide) == data
