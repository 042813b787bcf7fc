"""What the contact page shows: who it is, results with answers, and what became of each email."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.selectors import submissions_by_first
from assessments.submissions.in_words import answers_in_words, result_in_words, safety_in_words
from guides import selectors
from guides.models import Consent, Contact, Delivery, Suppression
from guides.states import OPEN, Kind
from runfit.lib.audit import look_log, looks_log

NEWEST = 50
"""Rows of one kind on the page. The lists have all of them."""
CAME_BACK = Suppression.Reason.BOUNCED
WHERE = {
    "guides:request": _("the box that asks for the guide"),
    "guides:guide": _("the guide's page"),
    "guides:secret": _("the secret's page"),
    "guides:preferences": _("their own page"),
    "guides:stop_series": _("the link in an email of the series"),
    "guides:stop_check_ins": _("the link in a weekly check-in email"),
    "guides:unsubscribe": _("“Stop all emails”"),
    CAME_BACK: _("an email bounced"),
    Suppression.Reason.COMPLAINED: _("an email was marked as spam"),
}
"""Labels for the page where consent was given or withdrawn, or for what ended it."""
EMAILS = {
    Kind.GUIDE: _("The guide"),
    Kind.FOLLOW_UP: _("One email after four weeks"),
    Kind.SERIES: _("An email of the series"),
    Kind.CHECK_IN: _("A weekly check-in email"),
    Kind.NEWS: _("A news email"),
    Kind.RECALL: _("That a version was wrong"),
    Kind.NEWSLETTER: _("Their choice, for your newsletter tool"),
    Kind.WEBHOOK: _("What they did, for one of your webhooks"),
}


@dataclass(frozen=True, slots=True)
class ResultInWords:
    """One submission. `shared` if another address asked for a guide with it too."""

    submission: Any
    shared: bool
    safety: list[str]
    answers: list[tuple[str, str]]
    result: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EmailInWords:
    delivery: Delivery
    kind: str
    waits: bool


@dataclass(frozen=True, slots=True)
class ConsentInWords:
    consent: Consent
    what: str
    where: str


def contact_page_context(contact: Contact, user: AbstractUser | AnonymousUser) -> dict[str, Any]:
    """Each part only for who may see its list. The looks are logged."""
    look_log(contact)
    stop = selectors.address_suppression(contact.email)
    context: dict[str, Any] = {"stop": stop, "our_emails": stop_in_words(stop)}
    if user.has_perm("guides.view_consent"):
        said = [*map(consent_in_words, contact.consents.all())]
        context |= {"said": said, "current": current_consents(said)}
    if user.has_perm("assessments.view_submission"):
        context["results"] = results = list(_results(contact))
        if results:
            keys = [each.submission.pk for each in results]
            looks_log(type(results[0].submission), keys, user)
    if user.has_perm("guides.view_delivery"):
        mails = contact.deliveries.prefetch_related("events")[:NEWEST]
        context["emails"] = [
            EmailInWords(mail, str(EMAILS[Kind(mail.kind)]), mail.state in OPEN) for mail in mails
        ]
    return context


def stop_in_words(stop: Suppression | None) -> str:
    if stop is None:
        return gettext("We can email this address.")
    return gettext("None since {date} ({reason}).").format(
        date=date_format(stop.at), reason=stop.get_reason_display()
    )


def consent_in_words(consent: Consent) -> ConsentInWords:
    ended = consent.page in Suppression.Reason.values
    what = gettext("it ended") if ended else consent.get_step_display()
    return ConsentInWords(consent, what, str(WHERE.get(consent.page, consent.page)))


def current_consents(said: Iterable[ConsentInWords]) -> list[ConsentInWords]:
    """What holds now for each purpose, from the ledger, newest first. Asking again doesn't undo a
    yes or a no."""
    current: dict[str, ConsentInWords] = {}
    for each in said:
        held = current.get(each.consent.purpose)
        if held is None or (
            held.consent.step == Consent.Step.ASKED and each.consent.step != Consent.Step.ASKED
        ):
            current[each.consent.purpose] = each
    return [current[purpose] for purpose in Consent.Purpose if purpose in current]


def _results(contact: Contact) -> Iterator[ResultInWords]:
    """The answers that the contact asked for a guide with, and all others of the same runner."""
    data = selectors.contact_personal_data(contact)
    submissions = submissions_by_first(data.submissions | data.shared)
    for submission in submissions.order_by("-created_at", "-pk")[:NEWEST]:
        yield ResultInWords(
            submission=submission,
            shared=submission.runner_pk in data.shared,
            safety=safety_in_words(submission),
            answers=list(answers_in_words(submission)),
            result=list(result_in_words(submission)),
        )
