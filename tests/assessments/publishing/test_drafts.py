"""Changes between versions, restoring a version, and the impact of a draft."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.definition import parse
from assessments.models import Choice, Condition, Edition, Profile, Question, Submission
from assessments.publishing import impact as impact_module
from assessments.publishing.changes import assessment_changes
from assessments.publishing.drafts import assessment_export, restore_changes
from assessments.publishing.impact import assessment_impact
from assessments.publishing.pipeline import PublishRefused
from assessments.publishing.services import assessment_publish, edition_restore
from runfit.lib.json_format.writing import to_data
from tests.assessments.conftest import CONTENT
from tests.assessments.factories import NoticeFactory, ProfileFactory, QuestionFactory
from tests.assessments.small import caring, token_of
from tests.e2e.walk import CHECK, USUAL

DEFAULT = to_data(parse(json.loads(CONTENT.read_text(encoding="utf-8"))))


def leaves(data, path=()):
    """The paths of all texts in the data."""
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))
        elif isinstance(value, str) and key not in {"key", "slug", "answer", "score", "level"}:
            yield (*path, key)


def with_text(data, path, text):
    [key, *rest] = path
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[key] = with_text(copy[key], rest, text) if rest else text
    return copy


TEXT_PATHS = [
    path for path in leaves(DEFAULT) if not {"rule", "when", "show_if", "svg"} & set(path)
]


def test_equal_data_has_no_changes():
    assert assessment_changes(DEFAULT, DEFAULT) == []


@given(st.sampled_from(TEXT_PATHS))
def test_every_text_change_is_reported(path):
    assert len(assessment_changes(DEFAULT, with_text(DEFAULT, path, "Other words"))) >= 1


def changed(path, value):
    """What a change of the caring self-check reads like."""
    data = caring()
    part = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return [str(change) for change in assessment_changes(caring(), data)]


CASE = ("cases", 0)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            ("questions", -1, "choices", 2, "alone"),
            False,
            "Question “What have you tried?”, answer “Nothing yet”, stands alone: yes became no.",
        ),
        (
            ("questions", 1, "low_label"),
            "None",
            "Question “How much does it hurt?”, words at the lowest number: “No pain” became "
            "“None”.",
        ),
        (
            ("safety", "items", 0, "group"),
            "Today",
            "Safety list item “I had a fall.”, the heading: “Right now” became “Today”.",
        ),
        (
            ("safety", "items", 0, "level"),
            "wait",
            "Safety list item “I had a fall.”, where it leads: “Get help now” became “Ask first”.",
        ),
        (
            ("safety", "derived", 0, "note"),
            "",
            "Safety rule “pain of 8 or more”, good to know was emptied; it was “Rest it today.”.",
        ),
        (("why", "title"), "Why", "The why, title: “What may be going on” became “Why”."),
        (
            ("why", "more"),
            "Four.",
            "The why, the rest of the why: “Three.” became “Four.”.",
        ),
        (
            ("profiles", 0, "headline"),
            "Move more",
            "Result type “Reach first”, the headline: “Loosen up” became “Move more”.",
        ),
        (
            ("profiles", 0, "picture", "alt"),
            "A lunge",
            "Result type “Reach first”, picture, the words for it: “A stretch” became “A lunge”.",
        ),
        (
            (*CASE, "example"),
            False,
            "Case “Stretches”, the example result: yes became no.",
        ),
        (
            ("notices", 0, "in_guide"),
            True,
            "Extra advice “Mind the pain.”, the guide says it too: no became yes.",
        ),
        (
            (*CASE, "answers", "tried"),
            ["nothing"],
            "Case “Stretches”, the answer to “What have you tried?”, what is picked: "
            "“Stretching, A foam roller” became “Nothing yet”.",
        ),
        (
            (*CASE, "answers", "bridge"),
            "gone",
            "Case “Stretches”, the answer to “Where do you feel the bridge?” is new.",
        ),
        (
            (*CASE, "safety"),
            ["fall"],
            "Case “Stretches”, checked on the safety list: nothing became “I had a fall.”.",
        ),
        (
            (*CASE, "expect", "level"),
            "stop",
            "Case “Stretches”, the safety level that must come out: none became “Get help now”.",
        ),
        (
            (*CASE, "expect", "profile"),
            "stiff",
            "Case “Stretches”, the result type that must come out: “Ready to lift” became “Reach first”.",
        ),
        (
            (*CASE, "expect", "measured"),
            ["reach", "power"],
            "Case “Stretches”, what must be measured: “Reach” became “Reach”, “Power”.",
        ),
        (
            (*CASE, "expect", "no_notices"),
            [],
            "Case “Stretches”, the extra advice that must not be there was emptied; it was “Only short runs.”.",
        ),
        (("cases",), [], "Case “Stretches” was removed."),
    ],
)
def test_changes_of_care_are_told_in_words(path, value, told):
    assert changed(path, value) == [told]


def test_other_words_of_an_answer_are_no_change_of_a_case():
    assert changed(("questions", 0, "choices", 1, "label"), "The floor") == [
        "Question “How far do you reach?”, answer “My toes”, the name: “My toes” became “The floor”."
    ]


def test_another_level_of_a_safety_item_is_told_by_its_title():
    assert changed(("safety", "items", 0, "level"), "wait") == [
        "Safety list item “I had a fall.”, where it leads: “Get help now” became “Ask first”."
    ]


@pytest.mark.django_db
def test_restoring_a_version_is_complete_and_keeps_primary_keys(tight_hips):
    first = Edition.objects.get()
    rows = {row.key: row.pk for row in Profile.objects.all()}
    questions = {row.key: row.pk for row in Question.objects.all()}
    Profile.objects.filter(key="fresh_load").update(title="Other", position=99)
    Condition.objects.filter(profile__key="mobility_first").delete()
    Choice.objects.filter(question__key="relief", picked_by=None).first().delete()
    QuestionFactory(assessment=tight_hips, text="One more?")
    ProfileFactory(assessment=tight_hips, title="One more")
    NoticeFactory(assessment=tight_hips)
    tight_hips.title = "Another title"
    tight_hips.save()
    assert restore_changes(edition=first) != []

    edition_restore(edition=first)

    tight_hips.refresh_from_db()
    assert restore_changes(edition=first) == []
    assert assessment_export(slug="tight-hips") == CONTENT.read_text(encoding="utf-8")
    assert {row.key: row.pk for row in Profile.objects.all()} == rows
    assert {row.key: row.pk for row in Question.objects.all()} == questions
    with pytest.raises(PublishRefused, match="Nothing has changed since version 1"):
        assessment_publish(assessment=tight_hips, user=None)


@pytest.mark.django_db
def test_restoring_does_not_change_editions_or_submissions(tight_hips, answered):
    answered()
    before = [*Edition.objects.values(), *Submission.objects.values()]

    edition_restore(edition=Edition.objects.get())

    assert [*Edition.objects.values(), *Submission.objects.values()] == before


@pytest.fixture
def answered(client, tight_hips, monkeypatch):
    """A runner's answers on the live version."""
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0.0)

    def answer(**changes):
        edition = Edition.objects.order_by("-number").first()
        token = token_of(edition, f"{changes}{Submission.objects.count()}")
        fields = USUAL | {"safety": "none", "reach": "knee", "form_token": token} | changes
        client.post(CHECK, fields)
        return Submission.objects.order_by("-pk").first()

    return answer


@pytest.mark.django_db
def test_unchanged_draft_has_no_impact(tight_hips, answered):
    answered()
    answered(worst_pain="7")

    impact = assessment_impact(assessment=tight_hips)

    assert (impact.looked_at, impact.stayed, impact.moved) == (2, 2, ())


@pytest.mark.django_db
def test_impact_counts_old_and_new_results(tight_hips, answered):
    before = [answered().profile, answered().profile]
    ready = Profile.objects.get(key="ready_maintain")
    Profile.objects.filter(pk=ready.pk).update(position=0)  # it always fits

    impact = assessment_impact(assessment=tight_hips)

    title = Profile.objects.get(key=before[0]).title
    assert [(row.before, row.after, row.count) for row in impact.moved] == [(title, ready.title, 2)]
    assert (impact.looked_at, impact.stayed, impact.changed) == (2, 0, 2)


@pytest.mark.django_db
def test_impact_shows_runners_left_without_a_result(tight_hips, answered):
    before = tight_hips.profiles.get(key=answered().profile).title
    tight_hips.profiles.exclude(key="fresh_load").delete()

    impact = assessment_impact(assessment=tight_hips)

    assert [(row.before, row.after) for row in impact.moved] == [(before, "No result type fits")]


@pytest.mark.django_db
def test_impact_uses_only_the_newest_answers(tight_hips, answered, monkeypatch):
    monkeypatch.setattr(impact_module, "MAX_ANSWERS", 2)
    old = answered()
    answered(worst_pain="1")
    answered(worst_pain="2")
    Submission.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))

    assert assessment_impact(assessment=tight_hips).looked_at == 2
