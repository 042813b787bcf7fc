"""Previews of pages and emails in frames on admin pages."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from csp.decorators import csp_update
from django.http import HttpResponse

from assessments.hooks import Preview

STYLE = re.compile(r"<style>([^<]*)</style>")
R = TypeVar("R", bound=HttpResponse)


def with_styles(response: R, previews: Iterable[Preview]) -> R:
    """Allows the previews' inline style sheets in the CSP by hash. Emails need inline styles, since
    email clients load no external ones."""
    sheets = {sheet for preview in previews for sheet in STYLE.findall(preview.html)}
    digests = [b64encode(sha256(sheet.encode()).digest()).decode() for sheet in sheets]
    sources = sorted(f"'sha256-{digest}'" for digest in digests)
    decorator: Any = csp_update({"style-src": sources})  # a view decorator
    marked: R = decorator(lambda: response)()
    return marked
