"""Cases at the desk: the list, the editor, and keeping what was tried."""

from copy import deepcopy

import pytest

from assessments.models import Case
from assessments.publishing.drafts import assessment_export
from assessments.publishing.services import assessment_check, assessment_load
from tests.assessments.browser import address, change, open_page, post, queries, said
from tests.assessments.factories import CaseFactory, QuestionFactory
from tests.assessments.small import ANSWERS, STRETCHES, caring

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    return assessment_load(data=caring()).assessment


@pytest.fixture
def case(draft):
    return draft.cases.get()


def row(client, draft):
    """The row of the only case on the self-check's page."""
    page = client.get(change(draft)).content.decode()
    return page.partition('id="cases-0"')[2].partition("</tr>")[0]


def stored(case):
    case.refresh_from_db()
    names = ("answers_by_question", "safety", "level", "profile", "measured", "unmeasured",
             "notices", "no_notices")  # fmt: skip
    return {name: getattr(case, name) for name in names}


def test_the_list_reads_each_case_as_sentences(admin_client, draft):
    html = row(admin_client, draft)

    assert "<summary>4 answers</summary>" in html
    assert "<dt>What have you tried?</dt><dd>Stretching, A foam roller</dd>" in html
    assert "<dt>How much does it hurt?</dt><dd>3</dd>" in html
    assert "Result type: “Ready to lift”" in html
    assert "Without the advice: “Only short runs.”" in html
    assert "Comes out as it must" in html


def test_the_list_says_what_comes_out_differently(admin_client, draft):
    draft.profiles.get(key="ready").conditions.all().delete()
    draft.profiles.get(key="stiff").conditions.all().delete()
    draft.profiles.get(key="stiff").conditions.create(kind="always")

    assert "Comes out differently: the result type is “Reach first” and not “Ready to lift”" in row(
        admin_client, draft
    )


def test_the_list_cannot_tell_before_the_draft_is_finished(admin_client, draft):
    QuestionFactory(assessment=draft, text="No answers yet")

    html = row(admin_client, draft)

    assert "tell yet: the draft isn&#x27;t finished" in html
    assert "Result type: “Ready to lift”" in html


@pytest.mark.parametrize("kind", ["change", "history", "delete"])
def test_its_pages_comply_with_csp(admin_client, case, kind):
    assert open_page(admin_client, address("case", kind, case.pk)).blocked == []


def test_the_list_of_all_cases_complies_with_csp(admin_client, case):
    assert open_page(admin_client, address("case", "changelist")).blocked == []


def test_saving_a_case_as_it_was_changes_nothing(admin_client, draft, case):
    before = assessment_export(slug="small")

    assert post(admin_client, change(case), open_page(admin_client, change(case)))
    assert assessment_export(slug="small") == before


def test_a_case_is_edited_in_words(admin_client, draft, case):
    opened = open_page(admin_client, change(case))
    asked = {question.key: f"answer_{question.pk}" for question in draft.questions.all()}
    reach, power = (f"area_{area.pk}" for area in draft.dimensions.all())
    advice = {notice.key: f"notice_{notice.pk}" for notice in draft.notices.all()}
    shown = [opened.fields.get(asked[key]) for key in ("touch", "pain", "tried", "bridge")]

    post(
        admin_client, change(case), opened,
        **{
            "checked": ["young"],
            asked["touch"]: "knee",
            asked["pain"]: "4",
            asked["tried"]: ["nothing"],
            asked["bridge"]: "",
            "level": "wait",
            "profile": "",
            reach: "",
            power: "no",
            advice["sore"]: "yes",
            advice["easy"]: "",
        },
    )  # fmt: skip

    assert shown == [["toes"], ["3"], ["stretching", "rolling"], [""]]
    assert stored(case) == {
        "answers_by_question": {
            "touch": "knee", "pain": 4, "lifts": "weights", "tried": ["nothing"]
        },
        "safety": ["young"],
        "level": "wait",
        "profile": "",
        "measured": [],
        "unmeasured": ["power"],
        "notices": ["sore"],
        "no_notices": [],
    }  # fmt: skip


def test_its_page_says_what_comes_out_now(admin_client, case):
    page = admin_client.get(change(case)).content.decode()

    assert "It comes out as it must." in page
    assert "<li>Result type: “Ready to lift”</li>" in page
    assert "<li>Measured: “Reach”, “Power”</li>" in page


def test_its_page_starts_with_what_comes_out_differently(admin_client, draft, case):
    Case.objects.update(profile="stiff")

    page = admin_client.get(change(case)).content.decode()

    assert "the result type is “Ready to lift” and not “Reach first”" in page
    assert "It comes out as it must." not in page
    findings = {finding.address for finding in admin_client.get(change(draft)).context["findings"]}
    assert change(case) in findings


def test_what_is_gone_is_named_and_only_leaves_when_it_is_taken_out(admin_client, draft, case):
    draft.questions.get(key="touch").choices.get(key="toes").delete()
    draft.profiles.get(key="ready").delete()
    opened = open_page(admin_client, change(case))

    post(admin_client, change(case), opened)

    assert "“toes”, which is gone" in admin_client.get(change(case)).content.decode()
    assert stored(case)["answers_by_question"] == STRETCHES["answers"]
    assert stored(case)["profile"] == "ready"


def test_a_case_is_added_by_its_name_first(admin_client, draft):
    at = f"{address('case', 'add')}?assessment={draft.pk}"
    opened = open_page(admin_client, at)

    again = post(admin_client, at, opened, name="Stretches")
    post(admin_client, at, opened, name="Rests")

    assert "Another case has this name." in again.content.decode()
    assert draft.cases.get(name="Rests").answers == []


def test_two_people_can_change_different_answers_of_a_case(admin_client, draft, case):
    opened = open_page(admin_client, change(case))
    pain, touch = (f"answer_{draft.questions.get(key=key).pk}" for key in ("pain", "touch"))
    post(admin_client, change(case), open_page(admin_client, change(case)), **{pain: "5"})

    response = post(admin_client, change(case), opened, **{touch: "knee"})

    assert "“How much does it hurt?”" in " ".join(said(response))
    answers = stored(case)["answers_by_question"]
    assert (answers["pain"], answers["touch"]) == (5, "knee")


def test_history_tells_of_answers_without_json(admin_client, draft, case):
    pain = f"answer_{draft.questions.get(key='pain').pk}"
    post(admin_client, change(case), open_page(admin_client, change(case)), **{pain: "5"})

    page = admin_client.get(address("case", "history", case.pk)).content.decode()

    assert "tried: stretching, rolling; touch: toes; pain: 3; lifts: weights" in page
    assert "pain: 5" in page
    assert "[[" not in page


def keep(client, draft, name, **answers):
    return client.post(
        address("assessment", "try", draft.pk),
        {**ANSWERS, "touch": "toes", **answers, "keep:case_name": name},
        follow=True,
    )


def test_tried_answers_are_kept_with_what_came_out(admin_client, draft):
    response = keep(admin_client, draft, "Tries all", tried=["rolling", "stretching"])

    kept = draft.cases.get(name="Tries all")
    assert response.redirect_chain == [(change(kept), 302)]
    assert stored(kept) == {
        "answers_by_question": {
            "touch": "toes", "pain": 3, "lifts": "nothing", "tried": ["stretching", "rolling"]
        },
        "safety": ["none"],
        "level": "none",
        "profile": "ready",
        "measured": ["reach", "power"],
        "unmeasured": [],
        "notices": ["sore"],
        "no_notices": [],
    }  # fmt: skip
    assert not [one for one in assessment_check(assessment=draft) if one.severity == "error"]


def test_a_stop_is_kept_as_a_case_too(admin_client, draft):
    keep(admin_client, draft, "Fell", safety="fall", tried="nothing")

    kept = stored(draft.cases.get(name="Fell"))
    assert (kept["level"], kept["profile"], kept["measured"]) == ("stop", "none", [])
    assert not [one for one in assessment_check(assessment=draft) if one.severity == "error"]


def test_the_page_that_keeps_posts_the_same_answers_again(admin_client, draft):
    at = address("assessment", "try", draft.pk)
    tried = admin_client.post(at, {**ANSWERS, "tried": ["stretching", "rolling"]})
    html = tried.content.decode()
    form = html.partition('id="keep"')[2].partition("</form>")[0]

    assert form.count('type="hidden" name="tried"') == 2
    assert 'type="hidden" name="pain" value="3"' in form
    assert 'name="keep:case_name"' in form


@pytest.mark.parametrize(
    ("name", "reason"),
    [("Stretches", "Another case has this name."), ("", "This field is required.")],
)
def test_a_case_needs_a_name_of_its_own(admin_client, draft, name, reason):
    response = keep(admin_client, draft, name, tried="nothing")

    assert reason in response.content.decode()
    assert draft.cases.count() == 1


def test_answers_without_a_result_cannot_be_kept(admin_client, draft):
    draft.profiles.get(key="ready").delete()

    response = keep(admin_client, draft, "Nobody", tried="nothing")

    assert 'id="keep"' not in response.content.decode()
    assert draft.cases.count() == 1


def more_cases(draft, count):
    fields = {"safety": ["none"], "profile": "ready", "notices": ["sore"]}
    pairs = [[key, answer] for key, answer in deepcopy(STRETCHES["answers"]).items()]
    CaseFactory.create_batch(count, assessment=draft, answers=pairs, **fields)


@pytest.mark.parametrize(("kind", "most"), [("change", 76), ("publish", 65), ("impact", 35)])
def test_query_count_is_the_same_at_many_cases(admin_client, draft, kind, most):
    at = address("assessment", kind, draft.pk)
    more_cases(draft, 1)
    few = queries(admin_client, at)
    more_cases(draft, 20)

    assert queries(admin_client, at) == few <= most


def test_query_count_of_a_case_is_the_same_at_many_questions(admin_client, draft, case):
    few = queries(admin_client, change(case))
    QuestionFactory.create_batch(20, assessment=draft)
    more_cases(draft, 20)

    assert queries(admin_client, change(case)) == few <= 40
