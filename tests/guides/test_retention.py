"""After the time that the PT keeps things, no table and no file holds anything of a runner."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from assessments.analytics.services import counts_update
from assessments.models import DayCount, Sight, Submission
from assessments.models.counting import COUNTED
from assessments.retention.rules import answers_old, looks_old, rows_delete
from assessments.retention.services import retention_run
from guides.consents.retention import contacts_old
from guides.consents.services import consent_confirm
from guides.consents.wording import FOLLOW_UP
from guides.content.training import Record
from guides.delivery.worker import drain
from guides.models import (
    Consent,
    Contact,
    Delivery,
    DownloadLink,
    LinkRequest,
    MailEvent,
    Suppression,
)
from guides.states import State
from guides.training.services import training_keep
from runfit.accounts.models import AccountEmail, Attempt, Invitation, SignIn
from runfit.lib.audit import look_log
from tests.support.traces import models, places_with

pytestmark = pytest.mark.django_db

LONG = timedelta(days=800)
GOES = {
    "accounts.AccountEmail", "accounts.Attempt", "accounts.Invitation", "accounts.SignIn",
    "assessments.Sight", "assessments.Submission", "auditlog.LogEntry", "guides.Consent",
    "guides.Contact", "guides.Delivery", "guides.DownloadLink", "guides.LinkRequest", "guides.MailEvent", "guides.Training",
    "sessions.Session",
}  # fmt: skip
"""Tables about people: by a rule, or with what they belong to."""
HASHED_OR_COUNTED = {
    "assessments.DayCount": "numbers of a day, of nobody",
    "assessments.RequestCount": "keyed hashes of networks, for two hours (submissions.request_limits)",
    "guides.Suppression": "keyed hashes of addresses that must get no email",
}
OF_THE_SITE = {
    "assessments.Retention": "how long things are kept",
    "guides.Backup": "when one was made, and where it is",
    "guides.GuideFault": "PDFs that couldn't be built",
    "guides.Heartbeat": "when a process last ran",
    "guides.MailServer": "whether it takes mail",
    "guides.WebhookEndpoint": "which of the PT's tools are told what; what was posted is a delivery",
    "guides.Recall": "versions that were wrong, and how many emails were made about them",
    "contenttypes.ContentType": "names of tables",
}
CONTENT = {
    "admin.LogEntry", "assessments.Assessment", "assessments.Band", "assessments.Case",
    "assessments.Choice", "assessments.Condition", "assessments.ConditionChoice",
    "assessments.DerivedSafety", "assessments.Dimension", "assessments.Edition", "assessments.Faq",
    "assessments.Notice", "assessments.Points", "assessments.Practice", "assessments.Profile",
    "assessments.ProfileFaq", "assessments.Question", "assessments.RetestAdvice",
    "assessments.SafetyItem", "assessments.SafetyLevel", "guides.EmailText", "guides.Exercise",
    "guides.ExercisePicture", "guides.Guide", "guides.GuideEdition", "guides.GuidePhase",
    "guides.LoadedContent", "guides.NewsEmail", "guides.Plan", "guides.PlanBlock", "guides.PlanStep",
    "guides.Reference", "guides.SeriesEmail", "guides.SharedRules", "guides.TakeOver",
}  # fmt: skip
"""What the PT writes, and the history of it."""
ACCOUNTS = {
    "django_otp_webauthn.WebAuthnAttestation", "django_otp_webauthn.WebAuthnCredential",
    "django_otp_webauthn.WebAuthnUserHandle", "otp_static.StaticDevice", "otp_static.StaticToken",
    "otp_totp.TOTPDevice",
    "auth.Group", "auth.Group_permissions", "auth.Permission", "auth.User", "auth.User_groups",
    "auth.User_user_permissions",
}  # fmt: skip
"""Who may sign in at the desk. Superusers delete them."""

ADDRESS = "ada.lovelace@example.org"
NOTE = "Called on Tuesday"


@pytest.fixture
def runner(ask, submission, settings, tmp_path):
    """Somebody who left a trace in each table about people, and whose email went out."""
    settings.MAIL_DIR, settings.MEDIA_ROOT = tmp_path / "mail", tmp_path / "media"
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    delivery = ask(submission, ADDRESS, follow_up=True)
    drain()
    contact = Contact.objects.get()
    consent_confirm(
        contact=contact, purpose=Consent.Purpose.FOLLOW_UP, words=FOLLOW_UP, page="guides:guide"
    )
    Contact.objects.update(note=NOTE)
    MailEvent.objects.create(provider="x", identity="1", kind="delivered", delivery=delivery)
    training_keep(link=delivery.link, record=Record(), words="Save")
    guide = delivery.link.edition.guide
    LinkRequest.objects.create(guide=guide, email=ADDRESS, network=delivery.network)
    look_log(contact)
    Attempt.objects.create(kind="password", name="n", network="n")
    user = User.objects.create_user("assistant")
    SignIn.objects.create(user=user, session_key="x", device="x")
    Invitation.objects.create(email="x@example.org", role="x", expires_at=timezone.now())
    AccountEmail.objects.create(kind="reset", address=ADDRESS, language="en")
    Session.objects.create(session_key="x", session_data="x", expire_date=timezone.now())
    Sight.objects.create(day=timezone.localdate(), step="visit", number=3)
    return submission


def days_were_counted():
    """As on a site that ran all the time."""
    DayCount.objects.create(day=timezone.localdate(), step=COUNTED, number=0)


def traces(submission):
    delivery = Delivery.objects.exclude(network="").first()
    return (ADDRESS, "a•••@example.org", NOTE, submission.token, delivery.network)


def test_every_table_is_known_to_go_or_to_hold_nothing_about_runners():
    """A new table fails here until it's listed: what about people it holds needs a rule."""
    known = (GOES, HASHED_OR_COUNTED, OF_THE_SITE, CONTENT, ACCOUNTS)

    assert {model._meta.label for model in models()} == set().union(*known)
    assert sum(map(len, known)) == len(set().union(*known))


def test_nothing_of_a_runner_stays(runner):
    left = traces(runner)
    counts_update()
    assert places_with(*left) >= {
        "assessments.Submission", "guides.Contact", "guides.Delivery", "mail",
    }  # fmt: skip
    counted = list(DayCount.objects.filter(step="finish").values_list("day", "by", "number"))

    with time_machine.travel(timezone.now() + LONG):
        drain()  # what was due meanwhile
        days_were_counted()
        retention_run(seconds=600)

        assert places_with(*left) == set()
        people = [model for model in models() if model._meta.label in GOES]
        kept = {model._meta.label: model._base_manager.count() for model in people}
        assert {label for label, number in kept.items() if number} <= {"auditlog.LogEntry"}
        assert not looks_old(timezone.now()).exists()  # the rest is the history of content
    assert not Suppression.objects.exists()
    same = DayCount.objects.filter(step="finish").values_list("day", "by", "number")
    assert list(same) == counted != []


def test_an_address_typed_for_a_new_password_goes_though_no_mail_loop_runs():
    AccountEmail.objects.create(kind="reset", address=ADDRESS, language="en")
    days_were_counted()

    with time_machine.travel(timezone.now() + LONG):
        days_were_counted()
        retention_run(seconds=600)

    assert not AccountEmail.objects.exists()


@pytest.fixture
def old(ask, submission):
    """A contact whose link ended long ago."""
    days_were_counted()
    delivery = ask(submission)
    ended = timezone.now() - timedelta(days=31)
    DownloadLink.objects.update(expires_at=ended)
    Delivery.objects.update(queued_at=ended, state=State.SENT)
    Contact.objects.update(created_at=ended)
    return delivery.contact


def test_contact_goes_after_the_last_link(old):
    assert list(contacts_old(timezone.now() - timedelta(days=32))) == []
    assert list(contacts_old(timezone.now() - timedelta(days=30))) == [old]


@pytest.mark.parametrize(
    "reason",
    [
        lambda contact: DownloadLink.objects.update(expires_at=timezone.now()),
        lambda contact: Delivery.objects.update(state=State.RETRY),
        lambda contact: consent_confirm(
            contact=contact, purpose=Consent.Purpose.SECRET, words="x", page="x"
        ),
    ],
    ids=["a link that worked lately", "an email that's due", "a yes to news"],
)
def test_contact_stays_with_a_reason(old, reason):
    reason(old)

    assert not contacts_old(timezone.now() - timedelta(days=30)).exists()


def test_answers_go_once_nobody_needs_them(ask, submit, submission):
    """A retake is for as long as the link: any visit with an address keeps all of the runner's."""
    alone, first, again = submission, submit(), submit()
    Submission.objects.filter(pk=again.pk).update(retest_of=first)
    ask(Submission.objects.get(pk=again.pk))
    late = timezone.now() + timedelta(minutes=1)
    assert list(answers_old(late)) == [alone]

    Contact.objects.all().delete()

    assert set(answers_old(late)) == {alone, first}
    Submission.objects.filter(pk=alone.pk).update(sheet_link_made_at=timezone.now())
    assert set(answers_old(late)) == {first}
    Submission.objects.filter(pk=again.pk).update(created_at=late)
    assert not answers_old(late).exists()


def test_rules_query_the_same_for_one_and_many(ask, submit, django_assert_num_queries):
    for number in range(3):
        ask(submit(), f"runner{number}@example.org")
    late = timezone.now() + timedelta(days=365)
    Delivery.objects.update(state=State.SENT)

    with django_assert_num_queries(16):
        assert rows_delete(contacts_old(late)) == 3
    with django_assert_num_queries(10):
        assert rows_delete(answers_old(late)) == 4
    assert not Submission.objects.exists()
