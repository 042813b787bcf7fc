"""A guide's emails on the phone beside their words."""

import json
import re

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from guides.models import EmailText, Guide, SeriesEmail
from guides.publishing.copying import guide_copy
from guides.publishing.restore import guide_edition_restore
from guides.publishing.services import (
    guide_export,
    guide_overview,
    guide_publish,
    guide_restore_changes,
    guide_words_read,
    guide_words_replace,
)
from tests.assessments.browser import frames, open_page
from tests.assessments.desk.test_previews import hashes, styles_let_through
from tests.guides.factories import (
    EmailTextFactory,
)

pytestmark = pytest.mark.django_db


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


def test_every_subject_line_is_a_row_of_the_inbox(admin_client, guide):
    shown = typed(admin_client, guide, **{"emails-0-other_subjects": "Here you go\nYour {guide}"})

    for subject in ("Your guide from RunFit", "Here you go", "Your Strong hips"):
        assert f'<p class="subject">{subject}</p>' in shown.content.decode()


@pytest.mark.parametrize(
    ("kind", "lines", "fault"),
    [
        ("guide", "One\nTwo\nThree", "Keep 2 lines at most"),
        ("guide", "Your guide from {practice}", "Two of the subject lines are the same."),
        ("guide", "x" * 201, "Keep each line to 200 characters."),
        ("guide", "For {name}", "{name} doesn't work here."),
        ("follow_up", "One", "Only the email that brings the guide"),
    ],
)
def test_subject_lines_that_cannot_be_shared_out_are_refused(guide, kind, lines, fault):
    email = EmailTextFactory.build(guide=guide, kind=kind, other_subjects=lines)

    with pytest.raises(ValidationError) as caught:
        email.clean()

    assert caught.value.message_dict["other_subjects"][0].startswith(fault)


def test_copies_files_and_versions_keep_the_subject_lines(admin_user, guide):
    guide.emails.update(other_subjects="Here you go\nAt last")
    copy = guide_copy(
        guide=guide, slug="copy", title="Copy", language="en", assessment=guide.assessment
    )
    assert copy.emails.get().other_subjects == "Here you go\nAt last"

    edition = guide_publish(guide=guide, user=admin_user)
    words = json.loads(guide_export(slug=guide.slug))
    assert words["emails"]["guide"]["other_subjects"] == ["Here you go", "At last"]
    guide.emails.update(other_subjects="")
    assert "“Here you go / At last”" in str(guide_restore_changes(edition=edition)[0])
    guide_edition_restore(edition=edition)
    assert guide.emails.get().other_subjects == "Here you go\nAt last"
    del words["emails"]["guide"]["other_subjects"]
    guide_words_replace(guide, guide_words_read(guide=guide, data=words))
    assert guide.emails.get().other_subjects == ""


def test_a_line_that_others_may_read_names_no_complaint_unnoticed(admin_client, guide):
    guide.emails.update(other_subjects="A plan for {guide}", preview="No more pain")

    found = [finding for finding in guide_overview(guide=guide)[1] if "lock screen" in str(finding)]

    assert [(finding.severity, finding.where) for finding in found] == [
        ("warning", "emails.guide.other_subjects[0]"),
        ("warning", "emails.guide.preview"),
    ]
    page_ = admin_client.get(page(guide, "change")).content.decode()
    assert "more subject lines, line 1" in page_


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


def series_email(guide, days, **words):
    values = {"subject": f"Day {days}", "preview": "Hi", "body": "It's day {days}.", "button": "Go"}
    return SeriesEmail.objects.create(guide=guide, days=days, **values | words)


def test_every_email_of_the_series_is_shown_as_typed_on_its_day(admin_client, guide):
    series_email(guide, 7)
    series_email(guide, 14)

    shown = typed(admin_client, guide, **{"series-0-days": "21", "series-0-body": "**{days}**"})

    mails = frames(shown.content.decode())
    assert "<strong>21</strong>" in mails["The email of day 21: Light"]
    assert "day 14." in mails["The email of day 14: Dark"]
    [section] = re.findall(r'data-form="series-0">.*?</section>', shown.content.decode(), re.DOTALL)
    assert '<p class="subject">Day 7</p>' in section
    saved = admin_client.get(page(guide, "phone")).content.decode()
    assert saved.index('data-form="series-0"') < saved.index('data-form="series-1"')


def test_two_emails_of_the_series_can_swap_days_in_one_save(admin_client, guide):
    first, second = series_email(guide, 7), series_email(guide, 14)
    fields = open_page(admin_client, page(guide, "change")).fields

    swap = {**fields, "series-0-days": "14", "series-1-days": "7"}
    assert admin_client.post(page(guide, "change"), swap).status_code == 302

    assert [*SeriesEmail.objects.values_list("pk", "days")] == [(second.pk, 7), (first.pk, 14)]


def test_two_emails_of_the_series_cannot_share_a_day(admin_client, guide):
    series_email(guide, 7)
    series_email(guide, 14)
    fields = open_page(admin_client, page(guide, "change")).fields

    response = admin_client.post(page(guide, "change"), {**fields, "series-0-days": "14"})

    assert "Another email of the series has this day already." in response.content.decode()
    assert [*SeriesEmail.objects.values_list("days", flat=True)] == [7, 14]


def test_days_are_explained_where_they_are_used(admin_client, guide):
    form = admin_client.get(page(guide, "change")).content.decode()

    words, _, series = form.partition('id="series-group"')
    assert "The days are how long the link to the guide works." in words
    assert "how long ago the runner asked for the guide" in series
    assert "how long the link" not in series


def new_guide(client, **typed):
    fields = open_page(client, reverse("admin:guides_guide_add")).fields
    return client.post(reverse("admin:guides_guide_add-phone"), {**fields, **typed})


def test_emails_of_a_new_guide_show_from_the_first_word_on(admin_client):
    form = admin_client.get(reverse("admin:guides_guide_add"))
    typed = {
        "title": "Calm calves",
        "emails-0-body": "Your **guide**, {guide}.\n- [Open](https://a.example)",
    }

    shown = new_guide(admin_client, **typed)

    section = shown.content.decode().partition('<section data-form="emails-0">')[2]
    assert '<p class="subject">…</p>' in section
    mail = next(iter(frames(section).values()))
    assert "<strong>guide</strong>, Calm calves." in mail
    assert styles_let_through(form) >= hashes([mail])
    assert not Guide.objects.filter(title="Calm calves").exists()


def test_email_without_that_of_the_guide_shows_too(admin_client):
    shown = new_guide(admin_client, **{"emails-0-kind": "follow_up", "emails-0-subject": "Again?"})

    html = shown.content.decode()
    assert '<p class="subject">Again?</p>' in html
    assert html.count("<section") == 1


def test_new_guide_says_what_shows_until_an_email_is_typed(admin_client):
    assert "Start typing" in new_guide(admin_client, title="Calm calves").content.decode()
