"""Previews of pages and emails in frames on admin pages."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import unescape
from typing import TypeVar

from csp.decorators import csp_update
from django.http import HttpResponse

from assessments.hooks import Preview
from runfit.lib.http import with_policy

SHEET = re.compile(r"<style>([^<]*)</style>")
ATTRIBUTE = re.compile(r' style="([^"]*)"')
SCRIPT = re.compile(r"<script\b[^<>]*>.*?(?:</script>|\Z)", re.DOTALL)
R = TypeVar("R", bound=HttpResponse)


def with_styles(response: R, previews: Iterable[Preview]) -> R:
    """Allows the previews' inline styles in the CSP."""
    sources = style_sources(preview.html for preview in previews)
    return with_policy(response, csp_update({"style-src": sources}))


def style_sources(pages: Iterable[str]) -> list[str]:
    """CSP sources that allow the pages' inline style sheets and `style` attributes by hash. Emails
    need inline styles, since email clients load no external ones."""
    pages = list(pages)
    sheets = {sheet for page in pages for sheet in SHEET.findall(page)}
    attributes = {unescape(style) for page in pages for style in ATTRIBUTE.findall(page)}
    digests = [sha256(style.encode()).digest() for style in sheets | attributes]
    sources = sorted(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
    if attributes:
        sources.append("'unsafe-hashes'")  # what it takes for hashes to count for attributes
    return sources


def without_scripts(page: str) -> str:
    """One of our pages for a frame without scripts, where the browser would report each one."""
    return SCRIPT.sub("", page)
