"""One's own page: what one gets, what is stored about one, to take along or to have erased.

Its link stands in every mail. The page shows no answers, because an email may be read over
somebody's shoulder. The download includes them and takes a POST, because scanners follow links; GET
changes nothing for the same reason. Answers that another address got an email with are never in it,
even where erasing takes them along, and another address is only ever shown as a mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from guides import selectors, signed_links
from guides.consents import follow_up_cookie
from guides.consents.services import consent_confirm, consent_withdraw, contact_erase
from guides.consents.wording import FOLLOW_UP, ConsentQuestion
from guides.content import GuideContent
from guides.email_addresses import address_mask
from guides.models import Consent, Contact, Delivery, Suppression
from guides.states import OPEN, Kind, State
from runfit.lib.client_ip import client_network, network_hash
from runfit.lib.http import private_page, render_page, see_other
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PURPOSES: dict[str, "StrOrPromise"] = {
    Consent.Purpose.GUIDE: _("The guide"),
    Consent.Purpose.FOLLOW_UP: _("One email after four weeks, to measure again"),
    Consent.Purpose.SECRET: _("News, before anyone else"),
}
STEPS: dict[str, "StrOrPromise"] = {
    Consent.Step.ASKED: _("asked for"),
    Consent.Step.CONFIRMED: _("you said yes"),
    Consent.Step.WITHDRAWN: _("you took it back"),
}
ENDED: dict[str, "StrOrPromise"] = {
    Suppression.Reason.BOUNCED: _("ended when an email to you came back"),
    Suppression.Reason.COMPLAINED: _("ended when an email of ours was marked as spam"),
}
"""Where nobody took it back, but the mail service told us."""
KINDS: dict[int, "StrOrPromise"] = {
    Kind.GUIDE: PURPOSES[Consent.Purpose.GUIDE],
    Kind.FOLLOW_UP: PURPOSES[Consent.Purpose.FOLLOW_UP],
    Kind.NEWSLETTER: _("A note of your yes or no to our newsletter service"),
}
STATES: dict[str, "StrOrPromise"] = {
    **dict.fromkeys(OPEN, _("is waiting")),
    State.SENT: _("was sent"),
    State.FAILED: _("could not be sent"),
    State.CANCELLED: _("was not sent"),
}


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """A purpose that one may say yes or no to, and what was said."""

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
    said, mails = list(contact.consents.all()), list(contact.deliveries.all())
    context = {
        "token": token,
        "unsubscribe_token": signed_links.unsubscribe_token(contact),
        "contact": contact,
        "masked_email": address_mask(contact.email),
        "stopped": selectors.address_suppression(contact.email),
        "choices": _choices(contact, content, mails),
        **_told(selectors.contact_personal_data(contact, origin=_origin(request))),
        "said": [
            (each, PURPOSES[each.purpose], ENDED.get(each.page) or STEPS[each.step])
            for each in said
        ],
        "mails": [(each, KINDS[each.kind], STATES[each.state]) for each in mails],
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
        own = contact_erase(contact=contact, origin=_origin(request))
        return render_page(request, "guides/erased.html", _told(own), language=language)
    context = {
        "token": token,
        "masked_email": address_mask(contact.email),
        **_told(selectors.contact_personal_data(contact, origin=_origin(request))),
    }
    return render_page(request, "guides/erase.html", context, language=language)


def _told(own: selectors.PersonalData) -> dict[str, Any]:
    """What goes with a contact and what stays, with no address in full."""
    return {
        "own": own,
        "also": [address_mask(each.email) for each in own.addresses],
        "kept": [address_mask(each.email) for each in own.kept],
    }


def _origin(request: HttpRequest) -> str:
    return network_hash(client_network(request))


def _erased(request: HttpRequest, token: str) -> HttpResponse:
    """A second tap on the button, or an old mail: say again that it is done."""
    if not signed_links.preferences_authentic(token):
        raise Http404
    return render_page(
        request, "guides/erased.html", {}, language=settings.LANGUAGE_CODE, status=410
    )


def _choose(request: HttpRequest, contact: Contact, token: str) -> HttpResponse:
    response = see_other("guides:preferences", token)
    choices = _choices(contact, _content(contact), ())
    questions = {each.question.purpose: each.question for each in choices}
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
        if purpose == Consent.Purpose.FOLLOW_UP:
            follow_up_cookie.note_keep(response, contact=contact)
    return response


def _choices(
    contact: Contact, content: GuideContent | None, mails: Sequence[Delivery]
) -> list[ConsentChoice]:
    """The guide is none of them: it comes when it is asked for, each time."""
    if content is None:
        return []
    waiting = [each for each in mails if each.kind == Kind.FOLLOW_UP and each.state in OPEN]
    return [
        ConsentChoice(
            question,
            selectors.consent_holds(contact, Consent.Purpose(question.purpose)),
            waiting[0] if waiting and question.purpose == Consent.Purpose.FOLLOW_UP else None,
        )
        for question in _questions(content)
    ]


def _questions(content: GuideContent) -> list[ConsentQuestion]:
    with use_language(content.language):
        offered = {Consent.Purpose.SECRET: content.secret.invitation}
        if content.emails.follow_up:
            offered = {Consent.Purpose.FOLLOW_UP: gettext(FOLLOW_UP), **offered}
        return [
            ConsentQuestion(purpose, (str(PURPOSES[purpose]), words), gettext("Yes, please"))
            for purpose, words in offered.items()
        ]


def _content(contact: Contact) -> GuideContent | None:
    """What is published now of the guide that this contact asked for last."""
    link = contact.links.select_related("edition__guide").first()
    if link is None:
        return None
    return selectors.guide_content(selectors.guide_newest_edition(link.edition.guide))


def _language(content: GuideContent | None) -> str:
    return content.language if content else settings.LANGUAGE_CODE
