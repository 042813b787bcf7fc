"""Admin pages for publishing, versions and answers."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone
from django.utils.formats import date_format

from assessments.admin.assessments import AssessmentAdmin
from assessments.models import (
    Condition,
    Edition,
    Practice,
    Question,
    Submission,
)
from runfit.lib import caching
from tests.assessments.browser import (
    Page,
    address,
    change,
    listed,
    open_page,
    post,
    run_action,
    said,
)
from tests.assessments.factories import (
    AssessmentFactory,
    EditionFactory,
    NoticeFactory,
    ProfileFactory,
    SafetyLevelFactory,
    SubmissionFactory,
)
from tests.assessments.small import edition_of, with_tried

pytestmark = pytest.mark.django_db


def publish_page(assessment):
    return address("assessment", "publish", assessment.pk)


def sign_page(edition):
    return address("edition", "sign", edition.pk)


def test_change_after_the_comparison_blocks_publishing(admin_client, draft, monkeypatch):
    Question.objects.filter(key="touch").update(text="How far down?")
    opened = open_page(admin_client, publish_page(draft))
    overview = AssessmentAdmin.overview

    def and_then(self, of):
        result = overview(self, of)
        Question.objects.filter(key="touch").update(text="How low?")
        return result

    monkeypatch.setattr(AssessmentAdmin, "overview", and_then)

    response = post(admin_client, publish_page(draft), opened)

    assert not Edition.objects.filter(number=2).exists()
    assert "The draft changed while we checked it" in said(response)[1]


def test_publish_page_shows_findings_first(admin_client, draft):
    Question.objects.filter(key="touch").update(text="How far down?")

    response = run_action(admin_client, "assessment", "publish", draft)
    assert response.redirect_chain == [(publish_page(draft), 302)]
    opened = Page(response.content.decode())
    assert opened.blocked == []

    response = post(admin_client, publish_page(draft), opened, note="New words")

    edition = Edition.objects.get(number=2)
    assert [edition.note, edition.reviewed_by] == ["New words", ""]
    assert said(response) == [
        "Version 2 is live. It's not signed, so its pages say “Draft, not reviewed by a PT or "
        f'doctor yet.” <a href="{sign_page(edition)}">Sign it.</a>'
    ]
    assert edition.published_by.username == "admin"
    assert LogEntry.objects.get().change_message == "Published version 2."


def test_version_can_be_signed_while_publishing(admin_client, draft):
    Question.objects.filter(key="touch").update(text="How far down?")
    opened = open_page(admin_client, publish_page(draft))
    assert "sign" not in opened.fields  # not ticked

    response = post(admin_client, publish_page(draft), opened, sign="on", reviewed_by="Ana, PT")

    assert said(response) == ["Version 2 is live, signed as reviewed by Ana, PT."]
    assert Edition.objects.get(number=2).reviewed_by == "Ana, PT"


def test_signing_requires_a_name(admin_client, draft):
    Question.objects.filter(key="touch").update(text="How far down?")
    opened = open_page(admin_client, publish_page(draft))

    response = post(admin_client, publish_page(draft), opened, sign="on", reviewed_by="")

    assert "Say who&#x27;s signing it." in response.content.decode()
    assert Edition.objects.count() == 1


def test_signature_is_prefilled(admin_client, draft, django_user_model):
    Question.objects.filter(key="touch").update(text="How far down?")

    def offered():
        caching.clear()
        return open_page(admin_client, publish_page(draft)).fields["reviewed_by"]

    django_user_model.objects.update(first_name="Ana", last_name="Ruiz")
    assert offered() == ["Ana Ruiz"]
    Practice(credentials="Ana Ruiz, PT").save()
    assert offered() == ["Ana Ruiz, PT"]
    Edition.objects.update(reviewed_by="Ben Hill, DPT")
    assert offered() == ["Ben Hill, DPT"]


def test_publishing_without_changes_is_rejected(admin_client, draft):
    response = post(admin_client, publish_page(draft), open_page(admin_client, publish_page(draft)))

    assert said(response)[0] == "Not published."
    assert (
        "Nothing has changed since version 1, so there's nothing to publish." in said(response)[1]
    )


def test_publish_page_links_errors_to_their_parts(admin_client, draft):
    Condition.objects.filter(profile__key="ready").delete()
    notice = NoticeFactory(assessment=draft, text="Never shown.")

    response = admin_client.get(publish_page(draft))

    page = response.content.decode()
    assert "Fix this" in page
    assert f'<a href="{change(notice)}">Extra advice “Never shown.”</a>' in page
    assert "You can't publish it" in page
    assert 'value="Publish"' not in page


def test_uncovered_answers_link_to_the_result_types(admin_client, draft):
    draft.profiles.get(key="ready").delete()

    page = admin_client.get(publish_page(draft)).content.decode()

    assert f'<a href="{change(draft)}#profiles-group">Result types</a>' in page
    assert "For example, with these answers" in page
    assert "<li>How far do you reach? <strong>" in page
    assert 'id="profiles-group"' in admin_client.get(change(draft)).content.decode()


def test_warnings_do_not_block_publishing(admin_client, draft):
    level = SafetyLevelFactory(assessment=draft, title="Never reached")

    page = admin_client.get(publish_page(draft)).content.decode()

    assert f'<a href="{change(level)}">Safety level “Never reached”</a>' in page
    assert "Fix this" not in page
    assert 'value="Publish"' in page


def test_each_kind_of_finding_shows_and_the_rest_of_a_kind_is_folded(admin_client, draft):
    few = admin_client.get(change(draft)).content.decode()
    NoticeFactory.create_batch(7, assessment=draft, text="Never shown.")
    SafetyLevelFactory(assessment=draft, title="Never reached")

    page = admin_client.get(change(draft)).content.decode()

    before, _, rest = page.partition("Show 4 more like these")
    folded, _, after = rest.partition("</details>")
    assert "more like" not in few
    assert before.count("Never shown.") >= 3
    assert folded.count("Never shown.") >= 4
    assert "Never reached" in before + after
    assert page.count('<details class="more-findings">') == 1


def test_unpublished_changes_can_be_taken_back_from_where_they_are_listed(admin_client, draft):
    restore = address("edition", "restore", draft.editions.get().pk)
    assert restore not in admin_client.get(change(draft)).content.decode()
    Question.objects.filter(key="touch").update(text="How low?")

    assert f'href="{restore}"' in admin_client.get(change(draft)).content.decode()


def test_publishing_with_errors_shows_them_as_messages(admin_client, draft):
    Condition.objects.filter(profile__key="ready").delete()

    response = admin_client.post(publish_page(draft), {"note": ""}, follow=True)

    assert said(response)[0] == "Not published."
    assert [text for text in said(response) if "no result type" in text]
    assert Edition.objects.count() == 1


def test_publish_action_accepts_one_self_check(admin_client, draft):
    response = run_action(admin_client, "assessment", "publish", draft, AssessmentFactory())

    assert said(response) == ["Pick one self-check to publish."]


@pytest.fixture
def staff(client, django_user_model):
    """A user with only view and change permissions."""
    user = django_user_model.objects.create_user("helper", is_staff=True)
    names = ["view_assessment", "change_assessment", "view_edition", "view_submission"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return client


def test_publishing_signing_and_erasing_require_permissions(staff, draft):
    submission = SubmissionFactory()

    assert staff.get(publish_page(draft)).status_code == 403
    assert staff.post(sign_page(draft.editions.get()), {"reviewed_by": "Me"}).status_code == 403
    for model, action, row in [
        ("assessment", "publish", draft),
        ("submission", "erase", submission),
    ]:
        page = staff.get(address(model, "changelist")).content.decode()
        assert f'value="{action}"' not in page
        run_action(staff, model, action, row, confirmed="yes")

    assert Submission.objects.filter(pk=submission.pk).exists()
    assert draft.editions.get().reviewed_by == ""


def test_signing_stores_the_reviewers_name(admin_client, draft, django_user_model):
    django_user_model.objects.update(first_name="Ana", last_name="Lopez")
    edition = draft.editions.get()

    opened = open_page(admin_client, sign_page(edition))
    assert opened.fields["reviewed_by"] == ["Ana Lopez"]
    assert opened.blocked == []

    signed = "Ana Lopez, PT"
    response = post(admin_client, sign_page(edition), opened, reviewed_by=signed)

    assert draft.editions.get().reviewed_by == signed
    assert response.redirect_chain == [(change(edition), 302)]
    assert said(response) == ["Signed as reviewed by Ana Lopez, PT."]
    assert LogEntry.objects.get().change_message == "Signed as reviewed by Ana Lopez, PT."


def test_signing_from_the_first_page_leads_back_to_it(admin_client, draft, admin_user):
    link = f"{sign_page(draft.editions.get())}?from=first-page"
    draft.editions.update(published_by=admin_user)
    assert link in admin_client.get("/admin/").content.decode()

    response = post(admin_client, link, open_page(admin_client, link), reviewed_by="Ana Lopez, PT")

    assert response.redirect_chain == [("/admin/", 302)]
    assert said(response) == ["Signed as reviewed by Ana Lopez, PT."]


def test_signature_can_be_withdrawn(admin_client, draft):
    edition = draft.editions.get()
    for name in ("Ana Lopez, PT", ""):
        response = admin_client.post(sign_page(edition), {"reviewed_by": name}, follow=True)

    assert said(response) == ["Signature taken back."]
    assert draft.editions.get().reviewed_by == ""


def test_version_list_marks_the_live_version(admin_client, draft):
    EditionFactory(assessment=draft, number=2)
    EditionFactory()

    rows = listed(admin_client, "edition", assessment__id__exact=draft.pk)

    desk = admin.site.get_model_admin(Edition)
    assert [(row.number, desk.is_live(row)) for row in rows] == [(2, "Live"), (1, "")]


def test_restoring_asks_for_confirmation(admin_client, draft):
    edition = draft.editions.get()
    Question.objects.filter(key="touch").update(text="How far down?")

    page = admin_client.get(address("edition", "restore", edition.pk)).content.decode()

    assert "“How far down?” becomes “How far do you reach?”" in page
    assert f'<a href="{change(edition)}" class="button cancel-link">No, go back</a>' in page
    assert f'<a href="{address("edition", "changelist")}">' in page
    assert draft.questions.get(key="touch").text == "How far down?"


def test_trial_starts_blank_and_jumps_to_the_result(admin_client, draft):
    at = address("assessment", "try", draft.pk)

    begun = admin_client.get(at).content.decode()
    half = admin_client.post(at).content.decode()
    answers = {"safety": "none", "touch": "toes", "pain": "3", "lifts": "weights"}
    tried = admin_client.post(at, answers).content.decode()

    assert 'action="#result"' in begun
    assert [page.count('id="result"') for page in (begun, half, tried)] == [0, 1, 1]
    picked = Page(begun).fields
    assert picked["touch"] == [""]
    assert "safety" not in picked
    assert "Not yet. Check what's marked below." in half
    assert "Why this result" in tried


def test_version_without_publisher_or_signature_says_so(admin_client):
    page = admin_client.get(change(EditionFactory(published_by=None))).content.decode()

    assert "RunFit (default content)" in page
    assert "no one yet" in page


def test_version_pages_do_not_show_the_definition(admin_client):
    edition = EditionFactory()

    page = admin_client.get(change(edition)).content.decode()

    assert "how_to" in edition.definition
    assert "how_to" not in page


def test_submission_page_shows_answers_in_words(admin_client):
    page = admin_client.get(change(SubmissionFactory(safety=["young"]))).content.decode()

    for words in (
        "I am under 18.",
        "How far do you reach?: My toes",
        "How much does it hurt?: 3",
        "Result type: Ready to lift",
        "Reach: 100 of 100, based on all of the questions",
        "Power: not checked yet",
        "Extra advice: Mind the pain.",
    ):
        assert words in page


def test_submission_page_shows_several_answers_in_words(admin_client):
    submission = SubmissionFactory(
        edition=edition_of(with_tried()), answers={"tried": ["stretching", "rolling"]}
    )

    page = admin_client.get(change(submission)).content.decode()

    assert "What have you tried?: Stretching, A foam roller" in page


def test_erasing_answers_erases_those_that_add_checks_to_them(admin_client):
    first = SubmissionFactory()
    more = SubmissionFactory(edition=first.edition, added_to=first)
    data = {"action": "erase", "_selected_action": [more.pk]}
    at = address("submission", "changelist")

    asked = admin_client.post(at, data).content.decode()
    assert f"Answers {first.pk}," in asked
    assert f"Answers {more.pk}," in asked
    admin_client.post(at, data | {"confirmed": "yes"})

    assert Submission.objects.count() == 0


def test_submission_page_shows_a_safety_stop_in_words(admin_client):
    result = {
        "safety_level": "stop", "profile": None, "start_phase": None, "dimensions": None,
        "total": None, "notices": [], "guide": "never",
    }  # fmt: skip
    submission = SubmissionFactory(
        safety=["none"], answers={"pain": 9}, result=result, safety_level="stop", profile=""
    )

    page = admin_client.get(change(submission)).content.decode()

    assert "None of these" in page
    assert "Safety: Get help now" in page
    assert "Result type:" not in page


def test_submission_list_uses_the_drafts_titles(admin_client, draft):
    edition = draft.editions.get()
    SubmissionFactory(edition=edition, profile="ready")
    SubmissionFactory(edition=edition, profile="dropped_since")

    page = admin_client.get(address("submission", "changelist")).content.decode()

    assert "Ready to lift" in page
    assert "dropped_since" in page


def test_filters_distinguish_self_checks_with_the_same_keys(admin_client, draft):
    ready = SubmissionFactory(edition=draft.editions.get(), profile="ready", safety_level="stop")
    other = EditionFactory(assessment__title="Other check")
    ProfileFactory(assessment=other.assessment, key="ready", title="Ready")
    SafetyLevelFactory(assessment=other.assessment, key="stop", title="Stop")
    SubmissionFactory(edition=other, profile="ready", safety_level="stop")

    page = admin_client.get("/admin/assessments/submission/").content.decode()

    assert f" ({draft})</a>" in page
    assert "Ready (Other check)</a>" in page
    assert listed(admin_client, "submission", profile=f"{draft.slug}/ready") == [ready]
    assert listed(admin_client, "submission", safety_level=f"{draft.slug}/stop") == [ready]
    assert len(listed(admin_client, "submission", profile="ready")) == 2  # an old bookmark


def test_submissions_filter_by_result_type_and_safety_level(admin_client, draft):
    edition = draft.editions.get()
    ready = SubmissionFactory(edition=edition, profile="ready")
    stopped = SubmissionFactory(edition=edition, profile="", safety_level="stop")

    assert listed(admin_client, "submission", profile="ready") == [ready]
    assert listed(admin_client, "submission", safety_level="stop") == [stopped]


def test_submission_search_accepts_a_result_link(admin_client):
    submission, _other = SubmissionFactory(), SubmissionFactory()
    link = f"https://example.org/result/{submission.token}/"

    assert listed(admin_client, "submission", q=link) == [submission]
    assert listed(admin_client, "submission", q="somebody") == []


def test_erasing_answers_asks_for_confirmation(admin_client):
    erased, other = SubmissionFactory(), SubmissionFactory()

    asked = run_action(admin_client, "submission", "erase", erased)
    assert Submission.objects.count() == 2
    page = Page(asked.content.decode())
    assert page.blocked == []
    response = post(admin_client, address("submission", "changelist"), page)

    assert said(response) == ["Erased: 1."]
    assert Submission.objects.get() == other


def test_signature_names_the_month_and_the_day_to_look_again(admin_client, draft):
    edition = draft.editions.get()
    opened = open_page(admin_client, sign_page(edition))
    today = timezone.localdate()
    assert opened.fields["look_again_on"] == [str(today + timedelta(days=365))]

    post(admin_client, sign_page(edition), opened, reviewed_by="Ana Lopez, PT")

    edition = draft.editions.get()
    assert (edition.reviewed_on, edition.look_again_on) == (today, today + timedelta(days=365))
    assert f"Look at it again on {date_format(edition.look_again_on)}." in (
        admin_client.get(change(edition)).content.decode()
    )


def test_day_to_look_again_must_be_ahead(admin_client, draft):
    edition = draft.editions.get()
    opened = open_page(admin_client, sign_page(edition))

    response = post(
        admin_client, sign_page(edition), opened, reviewed_by="Ana", look_again_on="2020-01-01"
    )

    assert "Pick a day after today, or leave this empty." in response.content.decode()
    assert draft.editions.get().reviewed_by == ""


def test_taking_a_signature_back_takes_its_days_too(admin_client, draft):
    edition = draft.editions.get()
    day = str(timezone.localdate() + timedelta(days=30))
    for name in ("Ana", ""):
        admin_client.post(sign_page(edition), {"reviewed_by": name, "look_again_on": day})

    edition = draft.editions.get()
    assert (edition.reviewed_by, edition.reviewed_on, edition.look_again_on) == ("", None, None)


@pytest.mark.parametrize(("sign", "days"), [("on", 30), ("", None)])
def test_publishing_stores_the_day_only_with_a_signature(admin_client, draft, sign, days):
    Question.objects.filter(key="touch").update(text="How far down?")
    opened = open_page(admin_client, publish_page(draft))
    day = timezone.localdate() + timedelta(days=30)
    signed = {"sign": sign, "reviewed_by": "Ana, PT", "look_again_on": str(day)}

    post(admin_client, publish_page(draft), opened, **{k: v for k, v in signed.items() if v})

    assert draft.editions.get(number=2).look_again_on == (day if days else None)


def test_a_question_that_depends_on_a_later_one_is_told_in_words(admin_client, draft):
    first, last = draft.questions.first(), draft.questions.last()
    Condition.objects.create(shown_question=first, kind="number", question=last, at_least=1)

    findings = admin_client.get(change(draft)).context["findings"]

    [told] = [each for each in findings if "comes later" in str(each) or "earlier" in str(each)]
    assert told.address == change(first)
    assert told.finding.message == (
        f"It's only asked after certain answers to “{last}”, but that one comes later. Move that "
        "one up, or change when this one is asked."
    )
