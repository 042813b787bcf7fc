"""A signed cookie that lets a later safety stop cancel the pending follow-up email."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guides.consents.services import follow_up_cancel
from guides.models import Contact
from guides.states import FOLLOW_UP_AFTER, GIVE_UP_AFTER

if TYPE_CHECKING:
    from assessments.models import Submission

COOKIE = "follow_up"
"""The cookie's name and salt. It holds the contact's key while the follow-up is pending."""


def follow_up_cookie_set(response: HttpResponse, *, contact: Contact) -> None:
    """Sets the cookie. Answers have no contact until a guide is requested, and a safety stop offers
    no guide. So the browser links the two, and the server stores nothing."""
    response.set_signed_cookie(
        COOKIE,
        str(contact.pk),
        salt=COOKIE,
        max_age=FOLLOW_UP_AFTER + GIVE_UP_AFTER,
        path="/check/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def follow_up_stop(request: HttpRequest, submission: "Submission") -> None:
    """Cancels the follow-up if the runner's later answers are a safety stop."""
    contact = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE)
    if contact and submission.stopped:
        follow_up_cancel(contact_pk=int(contact))
