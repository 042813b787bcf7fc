"""A guide's emails on the phone beside their words."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from guides.models import EmailText
from tests.assessments.browser import frames, open_page
from tests.assessments.desk.test_previews import hashes, styles_let_through
from tests.assessments.factories import ProfileFactory
from tests.guides.factories import (
    EmailTextFactory,
    GuideFactory,
    PlanStepFactory,
    SharedRulesFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide(db):
    SharedRulesFactory()
    guide = GuideFactory(title="Strong hips")
    PlanStepFactory(block__plan__profile=ProfileFactory(assessment=guide.assessment))
    return guide


def page(guide, name):
    return reverse(f"admin:guides_guide_{name}", args=[guide.pk])


def typed(client, guide, **changes):
    fields = open_page(client, page(guide, "change")).fields
    return client.post(page(guide, "phone"), {**fields, **changes})


def test_each_email_is_shown_in_an_inbox_opened_and_as_text(admin_client, guide):
    EmailTextFactory(guide=guide, kind="follow_up", subject="Again?")

    shown = admin_client.get(page(guide, "phone")).content.decode()

    for form, subject in (("emails-0", "Your guide from RunFit"), ("emails-1", "Again?")):
        section = shown.partition(f'<section data-form="{form}">')[2].partition("</section>")[0]
        assert f'<p class="subject">{subject}</p>' in section
        assert len(frames(section)) == 2  # light and dark
        assert "<pre" in section


def test_what_is_typed_is_shown_and_nothing_is_written(admin_client, guide):
    entries = LogEntry.objects.count()
    fields = open_page(admin_client, page(guide, "change")).fields
    fields |= {
        "title": "Stronger hips",
        "emails-0-subject": "Yours, {practice}",
        "emails-0-body": "Here: {guide}\n- **one**",
    }

    with CaptureQueriesContext(connection) as captured:
        response = admin_client.post(page(guide, "phone"), fields)

    shown = response.content.decode()
    assert response.status_code == 200
    assert '<p class="subject">Yours, RunFit</p>' in shown
    assert "Here: Stronger hips\n\n- one" in shown
    assert "<strong>one</strong>" in frames(shown)["The email that brings the guide: Light"]
    verbs = {query["sql"].split()[0] for query in captured}
    assert verbs == {"SELECT"}  # no transaction either: SQLite's write lock stays free
    assert LogEntry.objects.count() == entries
    assert EmailText.objects.get().subject == "Your guide from {practice}"


def test_an_email_that_is_being_added_is_shown_once_it_is_complete(admin_client, guide):
    row = {
        "emails-TOTAL_FORMS": "2",
        "emails-1-guide": guide.pk,
        "emails-1-kind": "follow_up",
        "emails-1-subject": "Again?",
        "emails-1-preview": "It's time.",
        "emails-1-body": "",
        "emails-1-button": "Start",
    }

    faulty = typed(admin_client, guide, **row)
    whole = typed(admin_client, guide, **row | {"emails-1-body": "Hi."})

    assert faulty.status_code == 422
    assert "something in the form needs fixing first" in faulty.content.decode()
    assert '<p class="subject">Again?</p>' in whole.content.decode()


def test_a_fault_elsewhere_on_the_page_hides_no_email(admin_client, guide):
    shown = typed(admin_client, guide, title="", **{"emails-0-subject": "Yours"})

    assert '<p class="subject">Yours</p>' in shown.content.decode()


def test_an_unfinished_guide_says_so(admin_client, guide):
    guide.phases.all().delete()

    shown = admin_client.get(page(guide, "phone"))

    assert escape("The guide isn't complete yet.") in shown.content.decode()
    assert admin_client.get(page(guide, "change")).status_code == 200


def test_the_form_allows_the_styles_of_whatever_is_typed(admin_client, guide):
    form = admin_client.get(page(guide, "change"))

    shown = typed(admin_client, guide, **{"emails-0-body": "Hi\n- [a](https://a.org)\n\n1. *b*"})

    mails = hashes(frames(shown.content.decode()).values())
    assert len(mails) > 10
    assert mails < styles_let_through(form)
    assert mails < styles_let_through(shown)


def test_typing_takes_the_right_to_change(client, guide):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_guide"))
    client.force_login(viewer)

    assert client.get(page(guide, "phone")).status_code == 200
    assert client.post(page(guide, "phone")).status_code == 403


def test_without_scripts_a_button_shows_what_is_typed(admin_client, guide):
    form = admin_client.get(page(guide, "change")).content.decode()

    [button] = [part for part in form.split("<noscript>")[1:] if "formaction" in part]
    assert f'formaction="{page(guide, "phone")}" formtarget="phone"' in button
    assert 'name="phone"' in form
