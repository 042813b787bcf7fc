"""The script that puts a self-check into an article, and the style sheet of a page in a theme."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rjsmin import jsmin

from assessments.runner.embed.themes import stamp, style_sheet
from runfit.lib.caching import lru_cached

HOUR = 3600
YEAR = 365 * 24 * HOUR


@require_safe
@cache_control(public=True, max_age=HOUR)
def embed_script(request: HttpRequest) -> HttpResponse:
    """At a fixed address, as articles name it for years."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def theme_css(request: HttpRequest, theme: str, version: str) -> HttpResponse:
    if version != stamp(theme):
        raise Http404
    return HttpResponse(style_sheet(theme), content_type="text/css; charset=utf-8")


@lru_cached(maxsize=1)
def _script() -> str:
    source = Path(str(finders.find("runfit/embed.js")))
    return str(jsmin(source.read_text(encoding="utf-8")))
