"""HTTP helpers for the views of both apps."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers

from runfit.lib.translation import use_language

P = ParamSpec("P")
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
