"""Says no again, after a restore, for who said no since the copy was made."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter

from django.db import transaction

from assessments.submissions.erasures import Erasure, Refused
from guides import selectors
from guides.consents.services import REFUSED, consent_withdraw, consents_end
from guides.delivery import outbox
from guides.email_addresses import address_hmac
from guides.models import Consent, Contact, Suppression
from guides.reasons import UNSUBSCRIBED
from runfit.lib.csv_export import in_batches

PAGE = "guides:unsubscribe"
BATCH = 500
REASONS = {
    Refused.EMAIL: Suppression.Reason.UNSUBSCRIBED,
    Refused.COMPLAINED: Suppression.Reason.COMPLAINED,
}

Times = Mapping[str, datetime]


def refusals_replay(erasures: Iterable[Erasure]) -> int:
    """Returns how many contacts this changed. Idempotent."""
    times: dict[Refused, dict[str, datetime]] = {what: {} for what in Refused}
    for erasure in erasures:
        if isinstance(erasure.what, Refused):
            times[erasure.what][erasure.hmac] = erasure.at
    again = times[Refused.EMAIL_AGAIN]
    stays = {code: at for code, at in times[Refused.EMAIL].items() if again.get(code, at) <= at}
    changed = _end({**times, Refused.EMAIL: stays})
    return changed + _withdraw(times)


def _end(times: Mapping[Refused, Times]) -> int:
    """Suppresses inboxes, and ends what their contacts get."""
    changed = 0
    for what, reason in REASONS.items():
        known = Suppression.objects.filter(address_hmac__in=[*times[what]])
        new = times[what].keys() - {*known.values_list("address_hmac", flat=True)}
        known.filter(reason=Suppression.Reason.BOUNCED).update(reason=reason)
        with transaction.atomic():
            contacts = Contact.objects.select_for_update().filter(inbox_hmac__in=new)
            pks = [contact.pk for contact in contacts.order_by("pk")]
            Suppression.objects.bulk_create(
                (
                    Suppression(address_hmac=code, reason=reason, at=times[what][code])
                    for code in sorted(new)
                ),
                batch_size=BATCH,
            )
            outbox.mails_cancel(contacts=pks, reason=UNSUBSCRIBED)
            consents_end(ended_by=dict.fromkeys(pks, PAGE))
        changed += len(pks)
    return changed


def _withdraw(times: Mapping[Refused, Times]) -> int:
    """Takes back a yes that's older than the no."""
    confirmed = selectors.consents_confirmed().filter(purpose__in=REFUSED)
    taken_back = [
        consent
        for batch in in_batches(confirmed, attrgetter("pk"))
        for consent in batch
        if (at := times[REFUSED[_purpose(consent)]].get(address_hmac(consent.contact.email)))
        and consent.at <= at
    ]
    for consent in taken_back:
        consent_withdraw(contact=consent.contact, purpose=_purpose(consent), page=PAGE)
    return len(taken_back)


def _purpose(consent: Consent) -> Consent.Purpose:
    return Consent.Purpose(consent.purpose)
