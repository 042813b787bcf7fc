"""Views of a contact's preferences: consents, data export, erasure, and unsubscribing.

Every email links to the page. It shows no answers, because anyone might see the email. The export
includes them and takes a POST, because link scanners follow links; no GET changes anything, for the
same reason. The export never includes answers that another address got an email for, even if
erasing deletes them. Other addresses are always masked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from guides import selectors, signed_links
from guides.consents import follow_up_cookie
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_erase,
    contact_resubscribe,
    contact_unsubscribe,
)
from guides.consents.wording import CHECK_IN, FOLLOW_UP, ConsentQuestion, series_wording
from guides.content import GuideContent
from guides.email_addresses import address_mask
from guides.models import Consent, Contact, Delivery, Suppression
from guides.runner.consent_questions import consent_question
from guides.states import OPEN, Kind, State
from runfit.lib.client_ip import client_network, network_hash
from runfit.lib.http import private_page, render_page, see_other
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PURPOSES: dict[str, "StrOrPromise"] = {
    Consent.Purpose.GUIDE: _("The guide"),
    Consent.Purpose.FOLLOW_UP: _("One email after four weeks to retake the check"),
    Consent.Purpose.SERIES: _("Emails during your plan"),
    Consent.Purpose.CHECK_IN: _("Weekly check-in emails"),
    Consent.Purpose.SECRET: _("News before anyone else"),
}
STEPS: dict[str, "StrOrPromise"] = {
    Consent.Step.ASKED: _("you asked for it"),
    Consent.Step.CONFIRMED: _("you said yes"),
    Consent.Step.WITHDRAWN: _("you turned it off"),
}
ENDED: dict[str, "StrOrPromise"] = {
    Suppression.Reason.BOUNCED: _("ended when an email to you bounced"),
    Suppression.Reason.COMPLAINED: _("ended when one of our emails was marked as spam"),
}
"""Consents ended by a mail service's report."""
KINDS: dict[int, "StrOrPromise"] = {
    Kind.GUIDE: PURPOSES[Consent.Purpose.GUIDE],
    Kind.FOLLOW_UP: PURPOSES[Consent.Purpose.FOLLOW_UP],
    Kind.SERIES: _("An email during your plan"),
    Kind.CHECK_IN: _("A weekly check-in email"),
    Kind.NEWS: PURPOSES[Consent.Purpose.SECRET],
    Kind.RECALL: _("A correction"),
    Kind.NEWSLETTER: _("Your choice, passed on to our newsletter service"),
    Kind.WEBHOOK: _("What you did, passed on to a program that we use"),
}
STATES: dict[str, "StrOrPromise"] = {
    **dict.fromkeys(OPEN, _("waiting")),
    State.SENT: _("sent"),
    State.FAILED: _("couldn't be sent"),
    State.CANCELLED: _("not sent"),
}


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """A consent that the page offers, and whether it's given."""

    question: ConsentQuestion
    given: bool
    waiting: Delivery | None = None

    @property
    def name(self) -> str:
        return self.question.texts[0]


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    contact = signed_links.preferences_contact(token)
    if contact is None:
        return _erased(request, token)
    if request.method == "POST":
        return _choose(request, contact, token)
    content = _content(contact)
    language = _language(content)
    consents, mails = list(contact.consents.all()), list(contact.deliveries.all())
    context = {
        "token": token,
        "unsubscribe_token": signed_links.unsubscribe_token(contact),
        "contact": contact,
        "masked_email": address_mask(contact.email),
        "stopped": selectors.address_suppression(contact.email),
        "choices": _choices(contact, content, mails),
        **_personal_data_context(selectors.contact_personal_data(contact, origin=_origin(request))),
        "trained": contact.trainings.exists(),
        "said": [
            (
                consent,
                PURPOSES[consent.purpose],
                ENDED.get(consent.page) or STEPS[consent.step],
            )
            for consent in consents
        ],
        "mails": [(mail, KINDS[mail.kind], STATES[mail.state]) for mail in mails],
    }
    return render_page(request, "guides/preferences.html", context, language=language)


@private_page
@require_POST
def data(request: HttpRequest, token: str) -> HttpResponse:
    contact = signed_links.preferences_contact(token)
    if contact is None:
        raise Http404
    response = JsonResponse(
        selectors.contact_export(contact, origin=_origin(request)),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    contact = signed_links.preferences_contact(token)
    if contact is None:
        return _erased(request, token)
    language = _language(_content(contact))
    if request.method == "POST":
        context = _personal_data_context(contact_erase(contact=contact, origin=_origin(request)))
        return render_page(request, "guides/erased.html", context, language=language)
    context = {
        "token": token,
        "masked_email": address_mask(contact.email),
        **_personal_data_context(selectors.contact_personal_data(contact, origin=_origin(request))),
    }
    return render_page(request, "guides/erase.html", context, language=language)


# Mail programs post here for one-click unsubscribing (RFC 8058): no cookie, no CSRF token, no
# redirect. The signed token in the URL is the only credential, for people too.
@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    contact = signed_links.unsubscribe_contact(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("action") == "undo":
            contact_resubscribe(contact=contact)
        else:
            contact_unsubscribe(contact=contact)
        if request.POST.get("List-Unsubscribe") != "One-Click":
            return see_other("guides:unsubscribe", token)
    context = {
        "stopped": selectors.address_suppression(contact.email),
        "preferences_token": signed_links.preferences_token(contact),
    }
    language = selectors.contact_language(contact)
    return render_page(request, "guides/unsubscribe.html", context, language=language)


# As above: mail programs post here from these emails, and people from their pages.
@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def stop_series(request: HttpRequest, token: str) -> HttpResponse:
    return _stop(request, token, Consent.Purpose.SERIES, page="guides:stop_series")


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def stop_check_ins(request: HttpRequest, token: str) -> HttpResponse:
    return _stop(request, token, Consent.Purpose.CHECK_IN, page="guides:stop_check_ins")


def _stop(request: HttpRequest, token: str, purpose: Consent.Purpose, page: str) -> HttpResponse:
    """Ends the emails of one purpose alone. The page can end all emails too."""
    contact = signed_links.unsubscribe_contact(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        consent_withdraw(contact=contact, purpose=purpose, page=page)
        if request.POST.get("List-Unsubscribe") != "One-Click":
            return see_other(page, token)
    context = {
        "token": token,
        "purpose": purpose,
        "stopped": not selectors.consent_holds(contact, purpose),
        "all_stopped": selectors.address_suppressed(contact.email),
        "preferences_token": signed_links.preferences_token(contact),
    }
    language = selectors.contact_language(contact)
    return render_page(request, "guides/stop_one.html", context, language=language)


def _personal_data_context(data: selectors.PersonalData) -> dict[str, Any]:
    """Template context about what erasing deletes and keeps, with masked addresses."""
    return {
        "own": data,
        "also": [address_mask(contact.email) for contact in data.addresses],
        "kept": [address_mask(contact.email) for contact in data.kept],
    }


def _origin(request: HttpRequest) -> str:
    return network_hash(client_network(request))


def _erased(request: HttpRequest, token: str) -> HttpResponse:
    """The page after erasure, for a second click or an old email."""
    if not signed_links.preferences_authentic(token):
        raise Http404
    return render_page(
        request, "guides/erased.html", {}, language=settings.LANGUAGE_CODE, status=410
    )


def _choose(request: HttpRequest, contact: Contact, token: str) -> HttpResponse:
    response = see_other("guides:preferences", token)
    choices = _choices(contact, _content(contact), ())
    questions = {choice.question.purpose: choice.question for choice in choices}
    question = questions.get(request.POST.get("purpose", ""))
    if question is None:
        return response
    purpose = Consent.Purpose(question.purpose)
    if request.POST.get("action") == "take_back":
        consent_withdraw(contact=contact, purpose=purpose, page="guides:preferences")
    else:
        consent_confirm(
            contact=contact,
            purpose=purpose,
            words=question.read(request.POST.get("words", "")),
            page="guides:preferences",
        )
        if purpose in selectors.KIND_OF:
            follow_up_cookie.follow_up_cookie_set(response, contact=contact)
    return response


def _choices(
    contact: Contact, content: GuideContent | None, mails: Sequence[Delivery]
) -> list[ConsentChoice]:
    """The consents that the page offers. The guide itself needs a request each time."""
    if content is None:
        return []
    return [
        ConsentChoice(
            question,
            selectors.consent_holds(contact, Consent.Purpose(question.purpose))
            and not selectors.consent_used(contact, Consent.Purpose(question.purpose)),
            _next_of(question.purpose, mails),
        )
        for question in _questions(contact, content)
    ]


def _next_of(purpose: str, mails: Sequence[Delivery]) -> Delivery | None:
    kind = selectors.KIND_OF.get(purpose)
    waiting = [mail for mail in mails if mail.kind == kind and mail.state in OPEN]
    return min(waiting, key=lambda mail: mail.due_at, default=None)


def _series_words(contact: Contact, content: GuideContent) -> str:
    """Blank if there's nothing to say yes or no to: no email is to come, and no yes holds."""
    if not content.emails.series:
        return ""
    link = contact.links.select_related("edition__guide").first()
    emails = len(selectors.series_to_come(link)) if link else 0
    holds = emails or selectors.consent_holds(contact, Consent.Purpose.SERIES)
    return series_wording(emails) if holds else ""


def _check_in_words(contact: Contact) -> str:
    """Blank if there's nothing to say yes or no to, as above."""
    link, purpose = selectors.link_trained(contact), Consent.Purpose.CHECK_IN
    offered = link and (selectors.mail_waiting(contact, purpose) or consent_question(purpose, link))
    return gettext(CHECK_IN) if offered else ""


def _questions(contact: Contact, content: GuideContent) -> list[ConsentQuestion]:
    with use_language(content.language):
        offered = {
            Consent.Purpose.FOLLOW_UP: gettext(FOLLOW_UP) if content.emails.follow_up else "",
            Consent.Purpose.SERIES: _series_words(contact, content),
            Consent.Purpose.CHECK_IN: _check_in_words(contact),
            Consent.Purpose.SECRET: content.secret.invitation,
        }
        return [
            ConsentQuestion(purpose, (str(PURPOSES[purpose]), words), gettext("Yes, please"))
            for purpose, words in offered.items()
            if words
        ]


def _content(contact: Contact) -> GuideContent | None:
    """The live edition's content of the guide that the contact requested last."""
    link = contact.links.select_related("edition__guide").first()
    if link is None:
        return None
    return selectors.guide_content(selectors.guide_newest_edition(link.edition.guide))


def _language(content: GuideContent | None) -> str:
    return content.language if content else settings.LANGUAGE_CODE
