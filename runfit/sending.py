"""Forms that a script sends."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse


def told_where_to_go(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a script hears where its form leads, and goes there once. Sent there, it would
    have fetched a page that the browser then fetches again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asked = request.headers.get("X-Sent-By") == "script"
        if asked and response.status_code == HTTPStatus.SEE_OTHER:
            response["X-Go-To"] = response["Location"]
            del response["Location"]
            response.status_code = HTTPStatus.NO_CONTENT
        return response

    return middleware
