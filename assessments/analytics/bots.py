"""Who only looks like a runner: bots, programs that check links, browsers that load ahead."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest

# What programs call themselves that begin as browsers do. (Cubot makes phones.)
PROGRAMS = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|scan|preview|monitor|archiver|headless|"
    r"phantomjs|lighthouse|pingdom|facebookexternalhit|google-safety|imageproxy|mailproxy|"
    r"barracuda|mimecast|proofpoint|ms-?office",
    re.IGNORECASE,
)
LOADS_AHEAD = re.compile("prefetch|preview")
AHEAD = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


def is_bot(request: HttpRequest) -> bool:
    """Nobody reads this: a program asks for it, or a browser before anyone wants to see it.

    Every browser says that it is one, and which languages its reader knows; many programs that
    check the links in mails do not.
    """
    agent = request.headers.get("User-Agent", "")
    return (
        request.method == "HEAD"
        or not agent.startswith("Mozilla/")
        or not request.headers.get("Accept-Language")
        or bool(PROGRAMS.search(agent))
        or any(LOADS_AHEAD.search(request.headers.get(each, "")) for each in AHEAD)
    )


def arrives(request: HttpRequest) -> bool:
    """From somewhere else: going on from one of our own pages is no new visit."""
    told = request.headers.get("Sec-Fetch-Site")
    if told:
        return told != "same-origin"
    try:
        came_from = urlsplit(request.headers.get("Referer", "")).netloc
    except ValueError:  # no address at all, such as http://[
        came_from = ""
    return came_from != request.get_host()
