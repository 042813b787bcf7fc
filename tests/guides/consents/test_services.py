from assessments.models import Submission
from guides import selectors
from guides.consents.services import (
    consent_confirm,
    contact_erase,
    contact_resubscribe,
    contact_unsubscribe,
)
from guides.delivery.worker import drain
from guides.models import Consent, Contact, Delivery, DownloadLink, Suppression
from guides.states import State


def test_unsubscribe_cancels_suppresses_and_withdraws(ask, submission):
    contact = ask(submission, follow_up=True).contact

    contact_unsubscribe(contact=contact)

    assert Delivery.objects.get().state == State.CANCELLED
    assert selectors.address_suppressed("RUNNER@example.org")
    for purpose in (Consent.Purpose.GUIDE, Consent.Purpose.FOLLOW_UP):
        assert selectors.consent_step(contact, purpose) == Consent.Step.WITHDRAWN


def test_second_unsubscribe_changes_nothing(contact):
    contact_unsubscribe(contact=contact)
    lines = Consent.objects.count()
    contact_unsubscribe(contact=contact)

    assert Consent.objects.count() == lines
    assert Suppression.objects.count() == 1


def test_resubscribed_contact_can_request_again(contact, ask, submit):
    contact_unsubscribe(contact=contact)
    contact_resubscribe(contact=contact)

    assert ask(submit()).state == State.QUEUED


def test_erase_leaves_only_a_keyed_hash(contact, delivery):
    drain()

    contact_erase(contact=contact)

    for model in (Contact, Consent, Delivery, DownloadLink, Submission):
        assert model.objects.count() == 0, model
    suppression = Suppression.objects.get()
    assert suppression.reason == Suppression.Reason.ERASED
    assert "runner" not in suppression.address_hmac


def test_erase_removes_local_mail(contact, settings):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    drain()
    assert len(list(settings.MAIL_DIR.iterdir())) == 1

    contact_erase(contact=contact)

    assert list(settings.MAIL_DIR.iterdir()) == []


def test_erase_cannot_be_undone_by_resubscribing(contact):
    contact_erase(contact=contact)
    contact_resubscribe(contact=contact)

    assert selectors.address_suppressed(contact.email)


def test_confirming_twice_records_one_consent(contact):
    for _ in range(2):
        consent_confirm(
            contact=contact, purpose=Consent.Purpose.SECRET, words="Tell me first", page="secret"
        )

    assert contact.consents.filter(purpose=Consent.Purpose.SECRET).count() == 1


def test_erase_deletes_refused_deliveries(ask, submit, contact):
    ask(submit())
    assert Delivery.objects.count() == Submission.objects.count() == 2

    contact_erase(contact=contact)

    assert Delivery.objects.count() == Submission.objects.count() == 0


def test_long_invitation_fits_in_consent_record(contact):
    consent_confirm(
        contact=contact, purpose=Consent.Purpose.SECRET, words="Tell me first. " * 300, page="x"
    )

    assert len(contact.consents.first().text_version) == 4500
