"""The default exercises and plans, and the guide around them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from guides.content import GuideContent, texts
from guides.content.guide import VARIABLE
from runfit.lib.json_format.writing import to_data
from tests.guides import samples

GUIDE = samples.default_edition()
PROFILES = [profile.key for profile in GUIDE.profiles]
CHECKED = ("hip_replacement", "pregnant", "postpartum", "over50", "heart", "told_no", "under18")
CITED = re.compile(r"([A-Z]\w+(?: [A-Z]\w+)?) (20\d\d)")
ON_THE_BACK = {
    "m3_bed_edge", "m6_strap", "a1_bridge", "a2_march", "a5_prone_lift", "s4_thrust", "s6_walkout",
}  # fmt: skip
DEEP_OR_TWISTED = {"m1_switch", "m3_bed_edge", "m4_rockback", "m5_adductor", "s2_step_up"}


def sessions(guide: GuideContent) -> Iterator[tuple[str, set[str]]]:
    for profile in guide.profiles:
        for block in profile.plan.blocks:
            yield f"{profile.key} {block.weeks}", {step.id for step in block.exercises}


@pytest.mark.parametrize("profile", PROFILES)
def test_minutes_are_what_the_session_takes(profile: str) -> None:
    plan = GUIDE.plan(profile)
    assert plan is not None

    assert [(block.weeks, block.minutes) for block in plan.blocks] == [
        (block.weeks, GUIDE.minutes(block)) for block in plan.blocks
    ]


def test_first_weeks_of_mobility_take_ten_minutes() -> None:
    plan = GUIDE.plan("mobility_first")
    assert plan is not None

    assert plan.blocks[0].minutes == 10


def test_works_cited_on_cards_stand_in_the_references() -> None:
    cited = {work for exercise in GUIDE.exercises for work in CITED.findall(exercise.evidence_note)}

    assert len(cited) >= 9
    assert [work for work in sorted(cited) if not _is_listed(*work)] == []


def _is_listed(name: str, year: str) -> bool:
    return any(name in reference.text and year in reference.text for reference in GUIDE.references)


def test_every_exercise_says_for_whom_it_is_not() -> None:
    assert [exercise.id for exercise in GUIDE.exercises if not exercise.skip_if] == []


@pytest.mark.parametrize(
    ("checked", "gone"), [("hip_replacement", DEEP_OR_TWISTED), ("pregnant", ON_THE_BACK)]
)
@pytest.mark.parametrize("profile", PROFILES)
def test_cleared_runner_meets_nothing_that_does_not_suit(
    profile: str, checked: str, gone: set[str]
) -> None:
    mine = GUIDE.for_runner(profile, {checked})

    assert {exercise.id for exercise in mine.exercises} & gone == set()
    for where, session in sessions(mine):
        assert session & gone == set(), where
        assert len(session) >= 3, where


@pytest.mark.parametrize("checked", CHECKED)
@pytest.mark.parametrize("profile", PROFILES)
def test_no_text_names_what_a_cleared_runner_leaves_out(profile: str, checked: str) -> None:
    left_out = [
        exercise.name.lower() for exercise in GUIDE.exercises if exercise.skipped_by({checked})
    ]
    plan = GUIDE.for_runner(profile, {checked})

    named = [
        (path, name) for path, text in texts(plan) for name in left_out if name in text.lower()
    ]

    assert named == []


@pytest.mark.parametrize("checked", CHECKED)
def test_every_week_keeps_its_minutes_true(checked: str) -> None:
    for profile in PROFILES:
        mine = GUIDE.for_runner(profile, {checked})
        for block in mine.profiles[0].plan.blocks:
            assert block.minutes == mine.minutes(block)


def test_warm_up_before_a_run_needs_no_bed_and_no_strap() -> None:
    assert [exercise.id for exercise in GUIDE.exercises if exercise.before_run] == [
        "m1_switch",
        "m2_rock",
        "m7_lunge_reach",
    ]


def test_rules_say_what_to_do_in_an_emergency() -> None:
    calls = [line for line in GUIDE.shared_rules.stop_at_once if "{emergency}" in line]

    assert any("Chest pain" in line for line in calls)
    assert any(
        "calf" in line and "same-day care" in line for line in GUIDE.shared_rules.stop_at_once
    )
    assert GUIDE.see_someone[0] == "Call {emergency} now:"


def test_only_known_variables_stand_in_texts() -> None:
    found = {name for _, text in texts(GUIDE) for name in VARIABLE.findall(text)}

    assert found == {"emergency"}


def test_every_plan_lets_the_result_come_first() -> None:
    for profile in GUIDE.profiles:
        assert profile.plan.running.startswith("If your result says to cut back, do that first.")


def test_texts_are_in_us_english() -> None:
    plans = [profile.plan for profile in GUIDE.profiles]
    parts = [replace(GUIDE, profiles=()), *plans]
    words = json.dumps([*map(to_data, parts)], ensure_ascii=False).lower()

    for foreign in ("clinician", "tick ", "colour", "practise", "repeats", "whilst", "do not "):
        assert foreign not in words, foreign
