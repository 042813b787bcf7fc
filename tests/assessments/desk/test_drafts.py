"""Draft pages and the first page: query counts, CSP compliance and first steps."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format

from assessments.checker import Finding
from assessments.desk.first_page.onboarding import READ_THROUGH
from assessments.desk.links import address_of
from assessments.models import Assessment, Case, Condition, Edition, Practice, Profile, Question
from assessments.publishing.translations import translation_add
from guides.admin.content import TEST_SENT
from guides.models import ExercisePicture, Guide, GuideEdition
from runfit.lib.database.content_version import content_version
from tests.assessments.browser import Page, change, open_page, post, queries, said, spread
from tests.assessments.factories import (
    AssessmentFactory,
    ChoiceFactory,
    EditionFactory,
    QuestionFactory,
)
from tests.assessments.weeks import believable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_content", "no_expiry")]

MOST_QUERIES = 80  # a self-check with cases reads its draft twice
WEEK_QUERIES = 9  # on the first page: three for each week, three for safety stops
VERSION_QUERIES = 7  # first, and before each of six things is kept for it
MOST_WARM = 36  # on the first page, if content is the same as at the last visit
GUIDE_QUERIES = 3  # faults of guides; live guides to check for missing files; loaded content
PAGES = {
    Assessment: ("change", "publish", "try", "impact", "read", "copy", "upload-words"),
    Edition: ("change", "restore", "sign"),
    Question: ("change",),
    Profile: ("change",),
    Guide: ("change", "publish", "preview"),
}
CASES = [(model, page) for model, pages in PAGES.items() for page in pages]


def address(model, page):
    row = model.objects.order_by("pk").first()
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[row.pk])


def add_questions(number):
    """Adds questions without points, which don't change the checker's findings."""
    draft = Assessment.objects.get()
    for question in QuestionFactory.create_batch(number, assessment=draft):
        ChoiceFactory.create_batch(5, question=question)


@pytest.mark.once
@pytest.mark.parametrize(("model", "kind"), CASES)
def test_page_query_count_is_constant(admin_client, model, kind):
    add_questions(1)
    few = queries(admin_client, address(model, kind))
    add_questions(18)

    assert queries(admin_client, address(model, kind)) == few <= MOST_QUERIES


@pytest.mark.once
@pytest.mark.parametrize(("model", "kind"), CASES)
def test_a_strict_policy_blocks_nothing(admin_client, model, kind):
    assert Page(admin_client.get(address(model, kind)).content.decode()).blocked == []


WITH_PARTS = [model for model, desk in admin.site._registry.items() if desk.inlines]
DELETE = re.compile(r'name="(\w+-\d+-DELETE)"')


@pytest.mark.once
@pytest.mark.parametrize("model", WITH_PARTS, ids=lambda model: model._meta.model_name)
def test_deleting_inline_rows_succeeds_or_explains_why_not(admin_client, model):
    if model is not Assessment:  # each page would score them all
        Case.objects.all().delete()
    for row in spread(model.objects.all()):
        at = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
        opened = admin_client.get(at).content.decode()
        ticked = dict.fromkeys(DELETE.findall(opened), "on")

        response = post(admin_client, at, Page(opened), **ticked)

        html = response.content.decode()
        assert said(response) or ("is still used here" in html and DELETE.findall(html))
        assert "would require deleting" not in html


@pytest.mark.parametrize(
    ("owner", "prefix"), [("profile", "conditions"), ("shown_question", "show_if")]
)
def test_condition_on_answers_can_be_deleted(admin_client, owner, prefix):
    gone = Condition.objects.filter(picks__isnull=False, **{f"{owner}__isnull": False}).first()
    row = getattr(gone, owner)
    index = list(Condition.objects.filter(**{owner: row})).index(gone)
    opened = open_page(admin_client, change(row))

    post(admin_client, change(row), opened, **{f"{prefix}-{index}-DELETE": "on"})

    assert not Condition.objects.filter(pk=gone.pk).exists()


def test_first_page_query_count_is_constant(admin_client):
    yesterday = timezone.localdate() - timedelta(days=1)
    believable(Edition.objects.get(), yesterday, 8)
    add_questions(1)
    few = queries(admin_client, reverse("admin:index"))
    add_questions(9)
    AssessmentFactory.create_batch(3)
    believable(Edition.objects.get(), yesterday - timedelta(days=8), 6)

    assert queries(admin_client, reverse("admin:index")) == few
    assert few <= MOST_QUERIES + WEEK_QUERIES + GUIDE_QUERIES + VERSION_QUERIES


def test_first_page_reads_content_once_until_it_changes(admin_client):
    def opened():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse("admin:index"))
        return sum("SAVEPOINT" not in query["sql"] for query in captured)

    _cold, warm = opened(), opened()
    add_questions(9)
    AssessmentFactory.create_batch(3)
    translation_add(original=Assessment.objects.order_by("pk").first(), language="es")
    changed, again = opened(), opened()

    assert again == warm <= MOST_WARM < changed


def test_first_page_shows_what_another_process_changed_at_once(admin_client):
    def faults():
        panels = first_page(admin_client)["panels"]
        return {panel.kind: panel.faults for panel in panels}

    found = [faults()]
    Case.objects.filter(pk=Case.objects.first().pk).update(answers={})
    found.append(faults())
    picture = ExercisePicture.objects.exclude(picture="").first()
    default_storage.delete(picture.picture.name)
    found.append(faults())

    assert found == [
        {"self-check": 0, "guide": 0},
        {"self-check": 1, "guide": 0},
        {"self-check": 1, "guide": 1},
    ]


def test_first_page_asks_again_if_a_check_could_not_run(admin_client, monkeypatch):
    def broken(*args):
        raise RuntimeError

    def findings(draft_admin):
        return draft_admin.panel(Assessment.objects.get(), content_version()).faults

    draft_admin = admin.site.get_model_admin(Assessment)
    with monkeypatch.context() as patched:
        patched.setattr("assessments.hooks.publish_checks", [broken])
        first_page(admin_client)
    refusing = Finding("error", "refused", "self-check", "No.")
    monkeypatch.setattr("assessments.hooks.publish_checks", [lambda *args: [refusing]])

    assert findings(draft_admin) == 1


def first_page(client):
    return client.get(reverse("admin:index")).context["page"]


def test_first_page_title(admin_client):
    page = admin_client.get(reverse("admin:index")).content.decode()

    assert "<title>Your desk |" in page
    assert "<h1>Your desk</h1>" in page


def done(client):
    return {step.title: step.done for step in first_page(client)["steps"].steps}


def test_first_page_links_further_drafts(admin_client):
    other = AssessmentFactory(title="Sore knees")

    page = first_page(admin_client)

    assert [str(panel.draft) for panel in page["panels"]] == [
        "Tight hips self-check", "The strength guide for tight hips",
    ]  # fmt: skip
    assert [(link.text, link.address) for link in page["others"]] == [
        ("Sore knees (self-check)", change(other))
    ]


def test_first_page_shows_draft_status(admin_client):
    Assessment.objects.update(title="My self-check")
    Condition.objects.filter(kind="always").delete()

    own, guide = first_page(admin_client)["panels"]

    assert [str(own.status), str(guide.status)] == [
        "Live: version 1; 2 unpublished changes", "Live: version 1; no unpublished changes",
    ]  # fmt: skip
    assert [own.faults > 0, guide.faults] == [True, 0]
    assert [link.text for link in guide.links] == [
        "Read through", "Preview guide and email", "Test email", "Versions", "Make a copy",
        "Translate", "Download the exercises", "What comes with RunFit", "Download as a file", "Upload a file",
        "Check and publish",
    ]  # fmt: skip


def unsigned_versions(client):
    return [(alert.title, alert.address) for alert in first_page(client)["alerts"]]


def settle():
    """Completes all first steps, with a signed version of each kind."""
    for model in (Edition, GuideEdition):
        model.objects.update(published_by=User.objects.get(), reviewed_by="Ana Ruiz, PT")
    Practice.objects.create(
        name="Ana Ruiz", credentials="PT, DPT", shown=True, reply_to="ana@example.org"
    )
    guide = ContentType.objects.get_for_model(Guide)
    for words in (READ_THROUGH, TEST_SENT):
        LogEntry.objects.create(
            user=User.objects.get(), action_flag=CHANGE, content_type=guide, change_message=words
        )


def test_unsigned_version_is_an_alert_after_the_first_steps(admin_client):
    assert unsigned_versions(admin_client) == []
    settle()
    assert first_page(admin_client)["steps"].finished
    assert unsigned_versions(admin_client) == []

    new, other = EditionFactory(assessment=Assessment.objects.get(), number=2), EditionFactory()

    assert unsigned_versions(admin_client) == [
        (
            f"Version {edition.number} of “{edition.assessment}” is live but not signed",
            f"{address_of(edition, 'sign')}?from=first-page",
        )
        for edition in (new, other)
    ]


def test_signed_version_is_an_alert_before_and_after_its_day_to_look_again(admin_client):
    settle()
    today, live = timezone.localdate(), Edition.objects.all()

    def told():
        return [(alert.title, alert.text) for alert in first_page(admin_client)["alerts"]]

    live.update(look_again_on=today + timedelta(days=15))
    assert told() == []
    live.update(look_again_on=today + timedelta(days=14))
    [(title, text)] = told()
    on = date_format(today + timedelta(days=14))
    assert title == f"Version 1 of “Tight hips self-check” is due for another look on {on}"
    assert text.startswith("Read it again, and sign it again if it still holds.")
    live.update(look_again_on=today - timedelta(days=1))
    [(title, text)] = told()
    assert title == "Version 1 of “Tight hips self-check” is due for another look"
    assert "runners read so, too" in text


def test_unseen_practice_is_an_alert_after_the_first_steps(admin_client):
    settle()
    Practice.objects.update(shown=False, reply_to="")

    first = first_page(admin_client)

    assert first["steps"].finished
    assert [(alert.title, alert.address) for alert in first["alerts"]] == [
        ("Runners don't see who you are yet", "/admin/assessments/practice/"),
        ("Runners don't know how to reach you", "/admin/assessments/practice/"),
    ]


def test_unseen_practice_can_be_kept_that_way(admin_client):
    settle()
    Practice.objects.update(shown=False)
    [alert] = first_page(admin_client)["alerts"]

    response = admin_client.post(alert.dismiss.address, follow=True)

    assert said(response)[0].startswith("OK, we won't ask again.")
    assert response.context["page"]["alerts"] == []
    assert not Practice.objects.get().shown


def test_signing_her_own_version_says_that_she_read_it(admin_client):
    Edition.objects.update(reviewed_by="Ana, PT")
    assert not done(admin_client)["Read it through"]

    Edition.objects.update(published_by=User.objects.get())

    assert done(admin_client)["Read it through"]


def test_saying_who_she_is_is_done_once_runners_see_her(admin_client):
    practice = Practice.objects.create(name="Hill Physio", credentials="Ana Ruiz, PT")
    assert not done(admin_client)["Say who you are"]

    practice.shown = True
    practice.save()

    assert done(admin_client)["Say who you are"]


def test_reading_through_is_done_once_confirmed(admin_client):
    at = address(Assessment, "read")
    admin_client.get(at)
    assert not done(admin_client)["Read it through"]

    response = admin_client.post(at, follow=True)

    assert said(response) == ["Got it: you've read it through."]
    assert done(admin_client)["Read it through"]


def test_publishing_is_done_once_the_live_version_is_signed(admin_client):
    title = "Publish and sign the self-check"
    assert not done(admin_client)[title]
    Edition.objects.update(reviewed_by="Ana, PT")
    assert done(admin_client)[title]
    Assessment.objects.update(title="My self-check")
    assert not done(admin_client)[title]
    admin_client.post(address(Assessment, "publish"), {"sign": "on", "reviewed_by": "Ana, PT"})
    assert done(admin_client)[title]


def test_first_steps_stay_done_after_later_changes(admin_client):
    Practice(name="Stride").save()
    Assessment.objects.update(title="My self-check")
    Guide.objects.update(introduction="Mine.")
    admin_client.post(address(Assessment, "read"))
    admin_client.post(address(Guide, "preview"), {"to": "me@example.org"})
    for model in (Assessment, Guide):
        assert not first_page(admin_client)["steps"].finished
        admin_client.post(address(model, "publish"), {"sign": "on", "reviewed_by": "Ana, PT"})

    assert first_page(admin_client)["steps"].finished
    Assessment.objects.update(title="Mine again")
    assert first_page(admin_client)["steps"].finished


def test_words_for_a_retake_are_read_through_and_edited(admin_client):
    read = admin_client.get(address(Assessment, "read")).content.decode()
    edited = admin_client.get(address(Assessment, "change")).content.decode()

    words = "Two visits are compared on the questions you answered both times"
    assert words in read
    assert words in edited
    assert "What runners read when they take the check again" in edited


@pytest.mark.once
def test_proofreading_passages_link_to_their_pages(admin_client):
    response = admin_client.get(address(Assessment, "read"))

    chapters = response.context["chapters"]
    addresses = {passage.address for chapter in chapters for passage in chapter.passages}
    of_each_kind = {resolve(urlsplit(address).path).view_name: address for address in addresses}
    opened = {address: admin_client.get(address).status_code for address in of_each_kind.values()}
    assert set(opened.values()) == {200}
    assert [chapter.title for chapter in response.context["chapters"]] == [
        "Home page", "Safety list", "Safety pages", "Questions", "Result types",
        "The why", "What runners ask", "Extra advice", "Scores", "Retaking the check", "The guide",
        "Exercises", "Plans", "The emails", "Practice and privacy",
    ]  # fmt: skip
