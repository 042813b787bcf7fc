"""A signed cookie with the email address as typed, scoped to the page that shows it, for an hour.

In the URL, the address would end up in histories and logs. On the page, anyone with the result's
link would see it; without the cookie, they see a masked address.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "typed"
AN_HOUR = 3600
"""As long as correcting a typo is worthwhile."""


def address_cookie_set(response: HttpResponse, *, email: str) -> None:
    """Sets the cookie on a redirect, scoped to its target."""
    response.set_signed_cookie(
        COOKIE,
        email,
        salt=COOKIE,
        max_age=AN_HOUR,
        path=response["Location"],
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def address_cookie_read(request: HttpRequest) -> str:
    """The address typed in this browser, or blank."""
    return str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=AN_HOUR))
