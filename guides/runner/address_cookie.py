"""The full address as it was typed, in a cookie of the page that shows it, for an hour.

In the URL, it would end up in histories and logs; on the page itself, anyone who was shown the
result would see it. They see a mask.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NOTE = "typed"
AN_HOUR = 3600
"""For as long as a slip is worth mending."""


def address_cookie_set(response: HttpResponse, *, email: str) -> None:
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


def address_cookie_read(request: HttpRequest) -> str:
    """What this browser typed; blank where it typed nothing here."""
    return str(request.get_signed_cookie(NOTE, default="", salt=NOTE, max_age=AN_HOUR))
