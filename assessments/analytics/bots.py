"""Detects requests that no person made: bots, link checkers, prefetches."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest

# Bots whose user agent starts like a browser's. (Cubot makes phones.)
BOT_AGENT = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|scan|preview|monitor|archiver|headless|"
    r"phantomjs|lighthouse|pingdom|facebookexternalhit|google-safety|imageproxy|mailproxy|"
    r"barracuda|mimecast|proofpoint|ms-?office",
    re.IGNORECASE,
)
PREFETCH = re.compile("prefetch|preview")
PREFETCH_HEADERS = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


def is_bot(request: HttpRequest) -> bool:
    """Whether a bot made this request, or a browser prefetching the page.

    Every browser sends Accept-Language; many programs that check links in emails don't.
    """
    agent = request.headers.get("User-Agent", "")
    return (
        request.method == "HEAD"
        or not agent.startswith("Mozilla/")
        or not request.headers.get("Accept-Language")
        or bool(BOT_AGENT.search(agent))
        or any(PREFETCH.search(request.headers.get(name, "")) for name in PREFETCH_HEADERS)
    )


def is_new_visit(request: HttpRequest) -> bool:
    """Whether the request comes from outside: following a link on our own site isn't a visit."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site:
        return fetch_site != "same-origin"
    try:
        referring_host = urlsplit(request.headers.get("Referer", "")).netloc
    except ValueError:  # not a URL, such as http://[
        referring_host = ""
    return referring_host != request.get_host()
