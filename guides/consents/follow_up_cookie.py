"""How a later safety stop finds the follow-up that it ends."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guides.consents.services import follow_up_cancel
from guides.models import Contact
from guides.states import FOLLOW_UP_AFTER, GIVE_UP_AFTER

if TYPE_CHECKING:
    from assessments.models import Submission

NOTE = "follow_up"
"""A cookie of the self-check alone: whose follow-up waits, for as long as it does."""


def note_keep(response: HttpResponse, *, contact: Contact) -> None:
    """Answers are nobody's until their owner asks for a guide, and a safety stop offers none. So
    the browser that said yes to the follow-up keeps whose it is, and the server stores no tie."""
    response.set_signed_cookie(
        NOTE,
        str(contact.pk),
        salt=NOTE,
        max_age=FOLLOW_UP_AFTER + GIVE_UP_AFTER,
        path="/check/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def follow_up_stop(request: HttpRequest, submission: "Submission") -> None:
    """Nobody whose later answers were a safety stop is asked to measure again."""
    contact = request.get_signed_cookie(NOTE, default=None, salt=NOTE)
    if contact and submission.stopped:
        follow_up_cancel(contact_pk=int(contact))
