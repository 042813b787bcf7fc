"""Lets a later safety stop cancel the pending follow-up email and series: in the same browser by a
signed cookie, and anywhere by the runner's own link to retake the check."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guides import selectors
from guides.consents.services import follow_ups_cancel
from guides.models import Contact
from guides.states import GIVE_UP_AFTER

if TYPE_CHECKING:
    from assessments.models import Submission

COOKIE = "follow_up"
"""The cookie's name and salt. It holds the contact's key while emails are pending."""


def follow_up_cookie_set(response: HttpResponse, *, contact: Contact) -> None:
    """Sets the cookie. Answers have no contact until a guide is requested, and a safety stop offers
    no guide. So the browser links the two, and the server stores nothing."""
    until = selectors.mail_waits_until(contact)
    if until is None:
        return
    response.set_signed_cookie(
        COOKIE,
        str(contact.pk),
        salt=COOKIE,
        max_age=until - timezone.now() + GIVE_UP_AFTER,
        path="/check/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def follow_up_stop(request: HttpRequest, submission: "Submission") -> None:
    """Cancels what is pending if the runner's later answers are a safety stop."""
    if not submission.stopped:
        return
    contact = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE)
    if contact:
        follow_ups_cancel(contacts=[int(contact)])
    if submission.retest_of_id:
        links = selectors.links_of_runner(submission.retest_of_id)
        follow_ups_cancel(contacts=links.values_list("contact", flat=True))
