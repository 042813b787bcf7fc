"""The 503 page for a busy database or a full disk. It re-posts what was typed."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import escape_leading_slashes

from assessments import selectors
from runfit.lib.translation import use_language
from runfit.middleware import is_desk

RETRY_AFTER = 5
PASSWORD = re.compile("(old_|new_|confirm_)?password[12]?")


@dataclass(frozen=True, slots=True)
class PostedData:
    """The posted fields. Passwords and files aren't echoed: the page asks for them again."""

    kept: list[tuple[str, str]]
    passwords: list[str]
    files: list[tuple[str, str]]


def busy_page(request: HttpRequest) -> HttpResponse:
    address = escape_leading_slashes(request.get_full_path())
    context: dict[str, Any] = {"posted": posted_data(request), "address": address}
    if is_desk(request):
        page = HttpResponse(render_to_string("errors/desk/busy.html", context), status=503)
    else:
        page = _runners_page(request, context)
    page["Retry-After"] = str(RETRY_AFTER)
    page["Cache-Control"] = "no-store"
    return page


def _runners_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """With the usual frame, or a bare one if the practice can't be read from the database."""
    name, full, bare = "errors/busy.html", {"frame": "base.html"}, {"frame": "errors/bare.html"}
    try:
        with use_language(_language(request)):
            return render(request, name, context | full, status=503)
    except Error:
        return HttpResponse(render_to_string(name, context | bare), status=503)


def _language(request: HttpRequest) -> str:
    """The language of the self-check in the URL, or of the default one."""
    slug = request.resolver_match.kwargs.get("slug", "") if request.resolver_match else ""
    edition = (slug and selectors.edition_live(slug)) or selectors.edition_default()
    if edition is None:
        return settings.LANGUAGE_CODE
    return selectors.edition_definition(edition).language


def posted_data(request: HttpRequest, *, leave_out: Collection[str] = ()) -> PostedData | None:
    """The posted data, or None for a GET, which only needs its URL again."""
    if request.method != "POST":
        return None
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    pairs = [(name, value) for name, value in pairs if name not in leave_out]
    return PostedData(
        kept=[(name, value) for name, value in pairs if not _is_secret(name)],
        passwords=[name for name, _ in pairs if _is_secret(name)],
        files=[(name, file.name or "") for name, files in request.FILES.lists() for file in files],
    )


def _is_secret(name: str) -> bool:
    return PASSWORD.fullmatch(name) is not None
