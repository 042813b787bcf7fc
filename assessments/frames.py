"""Which way a page is framed, which its address says: `/embed/dark/first/tab/check/tight-hips/`.

Django's script prefix holds it while a framed page is made. So every address and redirect stays in
the frame, and no query string has to be passed on.
"""

import re
from dataclasses import dataclass
from functools import cache

from django.urls import get_script_prefix

PREFIX = re.compile(r"/embed/(?:(?P<theme>light|dark)/)?(?P<first>first/)?(?P<tab>tab/)?")


@dataclass(frozen=True, slots=True)
class Frame:
    """`theme` is light, dark, or blank for the browser's own. With `first_only`, the first question
    stands alone until it's answered. With `in_tab`, the result opens in a tab of its own."""

    prefix: str
    theme: str
    first_only: bool
    in_tab: bool

    def plain(self, path: str) -> str:
        """The address of the same page on the site itself."""
        return f"/{path.removeprefix(self.prefix)}"


@cache
def frame_of(prefix: str) -> Frame | None:
    """What a script prefix says. None for the site's own pages."""
    match = PREFIX.fullmatch(prefix)
    return _frame(match) if match else None


def frame_at(path: str) -> Frame | None:
    """The frame that an address is in."""
    match = PREFIX.match(path)
    return frame_of(match[0]) if match else None


def current_frame() -> Frame | None:
    """The frame that a page is being made for."""
    return frame_of(get_script_prefix())


def framed(path: str, *, first_only: bool = False, in_tab: bool = False) -> str:
    """The address of a page in a frame, in the browser's own theme."""
    return f"/embed/{'first/' if first_only else ''}{'tab/' if in_tab else ''}{path[1:]}"


def unframed(path: str) -> str:
    """The address to share: a page in a frame has another."""
    frame = frame_at(path)
    return frame.plain(path) if frame else path


def _frame(match: re.Match[str]) -> Frame:
    return Frame(match[0], match["theme"] or "", bool(match["first"]), bool(match["tab"]))
