"""Pages and mails inside a page of the desk, each in a frame of its own."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

STYLE = re.compile(r"<style>([^<]*)</style>")
R = TypeVar("R", bound=HttpResponse)


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to see. `kind` names its frame: phone or desktop."""

    name: str
    kind: str
    html: str


more_practice_looks: list[Callable[[HttpRequest], list[Look]]] = []
"""Where else the practice shows, in other apps. They add to this when they start."""


def with_styles(response: R, looks: Iterable[Look]) -> R:
    """Lets the style sheets inside these mails through the policy, by their hashes: a mail must
    carry its own, since mail programs load none."""
    sheets = {sheet for look in looks for sheet in STYLE.findall(look.html)}
    hashes = [f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in sheets]
    policy: Any = response
    policy._csp_update = {"style-src": sorted(hashes)}  # noqa: SLF001 - what its middleware reads
    return response
