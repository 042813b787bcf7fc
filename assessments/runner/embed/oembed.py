"""What a site or an editor gets for a self-check's address that somebody pasted: oEmbed 1.0."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from assessments import selectors
from assessments.analytics.utm import PARAMETER, source_clean, with_source
from assessments.frames import framed
from assessments.models import Edition
from assessments.runner.sharing import Card, check_card

HOUR = 3600
WIDTH, HEIGHT = 600, 700
PIXELS = re.compile(r"[0-9]{1,6}")
CARD_WIDTH, CARD_HEIGHT = 1200, 630


@require_safe
@cache_control(public=True, max_age=HOUR)
def oembed(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format", "json") != "json":
        return HttpResponse("JSON only.", status=501, content_type="text/plain")
    edition, source = _pasted(request.GET.get("url", ""))
    most = _most(request.GET, "maxwidth"), _most(request.GET, "maxheight")
    return JsonResponse(_answer(edition, with_source(source), *most))


def _pasted(url: str) -> tuple[Edition, str]:
    """The self-check at an address of this site, and the source that the address names. Raises
    Http404."""
    try:
        parts = urlsplit(url)
        found = resolve(f"/{parts.path.removeprefix(get_script_prefix())}")
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    is_check = found.view_name == "assessments:check"
    ours = parts.netloc == urlsplit(settings.SITE_URL).netloc
    edition = selectors.edition_live(found.kwargs["slug"]) if is_check and ours else None
    if edition is None:
        raise Http404
    return edition, source_clean(QueryDict(parts.query).get(PARAMETER, ""))


def _most(query: QueryDict, name: str) -> float:
    """A limit in pixels; without one, there's none."""
    value = query.get(name, "")
    if value and not (PIXELS.fullmatch(value) and int(value)):
        raise BadRequest(f"{name} must be a whole number of pixels.")
    return int(value) if value else float("inf")


def _answer(edition: Edition, query: str, widest: float, highest: float) -> dict[str, Any]:
    card, practice = check_card(edition), selectors.practice()
    title = selectors.edition_definition(edition).title
    width, height = min(WIDTH, widest), min(HEIGHT, highest)
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": practice.name,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": HOUR,
        "html": _html(card, title, query, width, height),
        "width": width,
        "height": height,
    }
    if widest >= CARD_WIDTH and highest >= CARD_HEIGHT:
        answer["thumbnail_url"] = card.image_url
        answer |= {"thumbnail_width": CARD_WIDTH, "thumbnail_height": CARD_HEIGHT}
    return answer


def _html(card: Card, title: str, query: str, width: float, height: float) -> SafeString:
    """A link and a frame. WordPress shows the link in the quote where the frame says nothing, and
    the link is what works on sites that aren't listed."""
    return format_html(
        '<blockquote><a href="{site}{path}{query}">{title}</a></blockquote>'
        '<iframe src="{site}{frame}{query}" title="{title}" width="{width}" height="{height}" '
        'frameborder="0"></iframe>',
        site=settings.SITE_URL,
        path=card.path,
        frame=framed(card.path),
        query=query,
        title=title,
        width=width,
        height=height,
    )
