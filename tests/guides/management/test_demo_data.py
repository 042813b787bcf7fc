"""`manage.py demo_data` creates and removes demo data."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from assessments.demo.submissions import demo_submissions
from assessments.models import DayCount, Retention, Sight, Submission
from guides.delivery.worker import drain
from guides.demo import DOMAIN
from guides.models import Consent, Contact, Delivery, DownloadLink, MailEvent, Suppression
from guides.states import OPEN, Kind, State

pytestmark = pytest.mark.once

TABLES = (Submission, Sight, Contact, Consent, DownloadLink, Delivery, MailEvent)


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("demo_data", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def rows():
    return {model.__name__: model.objects.count() for model in TABLES}


@pytest.fixture
def demo_data(default_content):
    return run("--submissions", "300", "--days", "20")


def test_about_a_third_request_the_guide(default_content):
    out, err = run("--submissions", "1200", "--days", "50")
    asked = Contact.objects.count()

    assert 0.25 < asked / 1200 < 0.4
    assert out.startswith(f"Made: 1,200 answers, {asked:,} requests for the guide, in ")
    assert err.startswith("1,200 of 1,200 answers\nCounted: ")
    assert Delivery.objects.filter(kind=Kind.GUIDE).count() == DownloadLink.objects.count() == asked
    assert Consent.objects.filter(purpose="guide", step="asked").count() == asked
    for purpose, step in (
        ("follow_up", "asked"),
        ("follow_up", "confirmed"),
        ("secret", "confirmed"),
    ):
        assert 0 < Consent.objects.filter(purpose=purpose, step=step).count() < asked / 2
    assert Delivery.objects.filter(kind=Kind.FOLLOW_UP, state=State.SENT).exists()
    assert Delivery.objects.filter(state=State.FAILED).exclude(reason="").exists()


def test_requests_come_after_submissions(demo_data):
    links = DownloadLink.objects.select_related("submission", "contact")
    for link in links:
        assert link.profile == link.submission.profile != ""
        assert link.created_at > link.submission.created_at
        assert link.contact.created_at == link.created_at < link.expires_at
    assert not Delivery.objects.filter(sent_at__lte=F("queued_at")).exists()


def test_demo_data_sends_no_email(demo_data):
    assert not Contact.objects.exclude(email_key__endswith=f"@{DOMAIN}").exists()
    assert not Delivery.objects.filter(state__in=OPEN).exists()
    assert drain().sent == 0


def test_demo_sightings_are_counted(demo_data):
    def counted(step):
        return sum(
            DayCount.objects.filter(by="", step=step, item="").values_list("number", flat=True)
        )

    assert counted("finish") + counted("stop") == 300
    assert counted("asked") == Contact.objects.count()
    assert counted("sent") > counted("fetched") > counted("opened") > counted("downloaded") > 0
    assert (
        counted("confirmed")
        == Consent.objects.filter(purpose="follow_up", step="confirmed").count()
    )


def test_demo_data_can_be_added_again(demo_data):
    run("--submissions", "10", "--days", "1")

    assert Submission.objects.count() == 310


def test_remove_deletes_all_demo_data(demo_data):
    out, _ = run("--remove")

    assert out.startswith("Removed: ")
    assert "300 answers" in out
    assert set(rows().values()) == {0}
    assert not DayCount.objects.exclude(step="kept").exists()
    assert run("--remove")[0].startswith("Removed: nothing, in ")


def test_remove_deletes_data_older_than_the_counts(demo_data):
    Retention.objects.create(final_before=timezone.localdate() - timedelta(days=30))
    Submission.objects.order_by("pk").update(created_at=F("created_at") - timedelta(days=60))

    assert "300 answers" in run("--remove")[0]


def test_remove_keeps_real_data(demo_data, ask, submission):
    real = ask(submission, "real@example.org")
    MailEvent.objects.create(provider="Postmark", identity="i", kind="delivered", delivery=real)
    asked = DownloadLink.objects.exclude(contact=real.contact).first().submission
    theirs = ask(asked, "other@example.org")
    assert theirs.submission == asked

    run("--remove")

    assert rows() == {
        "Submission": 1,
        "Sight": 0,
        "Contact": 2,
        "Consent": 2,
        "DownloadLink": 2,
        "Delivery": 2,
        "MailEvent": 1,
    }
    theirs.refresh_from_db()
    assert (theirs.submission, theirs.link.submission) == (None, None)
    assert DayCount.objects.get(by="", step="finish", item="").number == 1


def test_refuses_a_database_with_real_submissions(submission):
    with pytest.raises(CommandError, match="real answers or contacts"):
        run("--submissions", "5")
    assert not demo_submissions().exists()


@pytest.mark.parametrize(
    "leave",
    [
        lambda: Contact.objects.create(email="a@example.org", email_key="a@example.org"),
        lambda: Suppression.objects.create(address_hmac="0", reason="erased"),
        lambda: Delivery.objects.create(kind=Kind.NEWSLETTER, erased_email="a@example.org"),
    ],
)
def test_refuses_a_database_with_any_real_row(default_content, leave):
    leave()

    with pytest.raises(CommandError, match="real answers or contacts"):
        run("--submissions", "5")


@pytest.mark.django_db
def test_requires_a_published_self_check():
    with pytest.raises(CommandError, match="Nothing is published yet"):
        run()


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [("--submissions", "0"), ("--days", "0"), ("--days", "366")])
def test_refuses_out_of_range_options(asked):
    with pytest.raises(CommandError, match="Make 1 or more, on 1 to 365 days"):
        run(*asked)
