"""HTTP helpers for the views of both apps."""

import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from runfit.lib.translation import use_language

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)
ACCEPTS_GZIP = re.compile(r"\bgzip\b")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class SeeOther(HttpResponseRedirect):
    status_code = 303


def see_other(to: str | Model, *args: object) -> SeeOther:
    """A redirect after a POST. `to` is a URL name or a model instance, as in `redirect`."""
    return SeeOther(resolve_url(to, *args))


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    language: str,
    status: int = 200,
) -> HttpResponse:
    """Renders a page in its content's language."""
    with use_language(language):
        return render(request, template, context, status=status)


def kept_page(
    request: HttpRequest, plain: str | bytes, gzipped: Callable[[], bytes | None]
) -> HttpResponse:
    """A page that's kept gzipped, as the browser takes it. What's plain is compressed later."""
    takes = ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", ""))
    data = gzipped() if takes else None
    response = HttpResponse(plain if data is None else data)
    if data is not None:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def json_posted(request: HttpRequest) -> Any:
    """What a script sent. Raises BadRequest if it isn't JSON: the CSRF check has already read a
    form, and its bytes are gone."""
    if request.content_type != "application/json":
        raise BadRequest("Expected JSON.")
    try:
        return json.loads(request.body)
    except (RecursionError, ValueError) as error:
        raise BadRequest("That can't be read as JSON.") from error


def later(response: HttpResponse, seconds: int) -> HttpResponse:
    """Makes it the response to a request at a limit: 429, to try again after so many seconds."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(seconds)
    return response


def told(response: R) -> R:
    """Keeps Django from logging an error response a second time."""
    marked: Any = response
    marked._has_been_logged = True  # noqa: SLF001 - what Django's own log_response looks at
    return response


def with_policy(response: R, decorator: Any) -> R:
    """The response with a Content-Security-Policy of its own, by one of django-csp's decorators,
    which are for views."""
    marked: R = decorator(lambda: response)()
    return marked


def private_page(view: View[P]) -> View[P]:
    """Decorator for pages about one runner: no indexing, no referrer, and no caching unless the
    view sets it."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped
