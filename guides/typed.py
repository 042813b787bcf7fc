"""The address as it was typed, for who typed it: whoever has only the page's link sees a mask."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NOTE = "typed"
"""A cookie that no page but the next one gets, for as long as a slip is worth mending."""
AN_HOUR = 3600


def note_keep(response: HttpResponse, *, email: str) -> None:
    """`response` leads to the page that shows it."""
    response.set_signed_cookie(
        NOTE,
        email,
        salt=NOTE,
        max_age=AN_HOUR,
        path=response["Location"],
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def note_read(request: HttpRequest) -> str:
    """What this browser typed; blank where it typed nothing here."""
    return str(request.get_signed_cookie(NOTE, default="", salt=NOTE, max_age=AN_HOUR))
