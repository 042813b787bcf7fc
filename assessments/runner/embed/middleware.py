"""Serves the runner's pages in a frame on the sites that the PT lists."""

from collections.abc import Callable
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, get_script_prefix, resolve, set_script_prefix
from django.utils.http import escape_leading_slashes

from assessments import selectors
from assessments.analytics.utm import PAGE_PARAMETER, page_clean
from assessments.embed_sites import origins
from assessments.frames import Frame, frame_at
from runfit.lib.http import with_policy

FRAMED = {
    "assessments:check",
    "assessments:result",
    "assessments:clearance",
    "assessments:checks",
    "assessments:count",
    "assessments:drawing",
    "assessments:practice_css",
    "assessments:theme_css",
    "guides:request",
    "guides:on_its_way",
}
"""The pages that stay in a frame, and what they load. All others are shown on the site itself."""


def embed_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the same views under another prefix, framed by the listed sites alone and without
    cookies, which browsers keep from frames anyway."""

    def middleware(request: HttpRequest) -> HttpResponse:
        frame = frame_at(request.path_info)
        if frame is None:
            return get_response(request)
        plain = escape_leading_slashes(frame.plain(request.path_info))
        if page := _unnamed_page(request, plain):
            query = request.GET.copy()
            query[PAGE_PARAMETER] = page
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
        if _opened_alone(request) or not _is_framed(plain):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{plain}?{query}" if query else plain)
        return _in_frame(request, frame, plain, get_response)

    return middleware


def _opened_alone(request: HttpRequest) -> bool:
    """Whether a browser shows it in a tab of its own: there it's a page of the site. What's posted
    into a new tab is still taken."""
    return request.method in {"GET", "HEAD"} and (
        request.headers.get("Sec-Fetch-Dest") == "document"
    )


def _unnamed_page(request: HttpRequest, plain: str) -> str:
    """The site around a bare frame, which no script told us: it's in the first request alone. Blank
    if it's told, or not listed."""
    if request.method != "GET" or PAGE_PARAMETER in request.GET or not plain.startswith("/check/"):
        return ""
    try:
        site = urlsplit(request.headers.get("Referer", "")).netloc
    except ValueError:
        return ""
    return page_clean(site)


def _is_framed(path: str) -> bool:
    try:
        return resolve(path).view_name in FRAMED
    except Resolver404:
        return False


def _in_frame(
    request: HttpRequest,
    frame: Frame,
    plain: str,
    get_response: Callable[[HttpRequest], HttpResponse],
) -> HttpResponse:
    before = get_script_prefix()
    request.path_info = plain
    set_script_prefix(frame.prefix)
    try:
        response = get_response(request)
    finally:
        set_script_prefix(before)
    response.cookies.clear()
    response["X-Robots-Tag"] = "noindex, nofollow"
    response.xframe_options_exempt = True
    # The desk shows a preview.
    ancestors = [SELF, *origins(selectors.practice().embed_sites)]
    return with_policy(response, csp_replace({"frame-ancestors": ancestors}))
