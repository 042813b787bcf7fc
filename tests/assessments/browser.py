"""Reads admin pages as a browser would: form data, and markup that a strict CSP blocks."""

import re
from html import unescape
from html.parser import HTMLParser
from math import ceil

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from runfit.lib import caching

MOST_ROWS = 5


def spread(rows):
    """Rows evenly from the first to the last. (To open the page of each would take minutes.)"""
    return rows[:: ceil(len(rows) / MOST_ROWS) or 1]


class Page(HTMLParser):
    """Collects a page's form data, and any markup that the CSP forbids."""

    def __init__(self, html):
        super().__init__()
        self.fields = {}
        self.blocked = []
        self._textarea = self._select = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self._note_blocked(tag, attributes)
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") not in {"submit", "file"}:
            self._input(name, attributes)
        elif tag == "textarea":
            self._textarea = name
            self.fields[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in attributes:
            self.fields.setdefault(self._select, []).append(attributes.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "textarea":
            [text] = self.fields[self._textarea]
            self.fields[self._textarea] = [text.removeprefix("\n").replace("\n", "\r\n")]
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._textarea:
            self.fields[self._textarea][0] += data

    def _input(self, name, attributes):
        box = attributes.get("type") in {"checkbox", "radio"}
        if not box or "checked" in attributes:
            self.fields.setdefault(name, []).append(attributes.get("value", "on" if box else ""))

    def _note_blocked(self, tag, attributes):
        inline = tag == "style" or (tag == "script" and "src" not in attributes)
        if inline and attributes.get("type") != "application/json":
            self.blocked.append(tag)
        handlers = (name for name in attributes if name == "style" or name.startswith("on"))
        self.blocked += [f"{tag}[{name}]" for name in handlers]
        addresses = (attributes.get(name) or "" for name in ("src", "action"))
        self.blocked += [url for url in addresses if url.startswith(("http", "//", "data:"))]


FRAME = re.compile(r'<iframe [^>]*title="([^"]*)"[^>]* srcdoc="([^"]*)"')


def frames(html):
    """The pages in a page's iframes, by title."""
    return {unescape(title): unescape(page) for title, page in FRAME.findall(html)}


def open_page(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Page(response.content.decode())


def address(model, page, *arguments):
    return reverse(f"admin:assessments_{model}_{page}", args=arguments)


def change(row):
    return address(row._meta.model_name, "change", row.pk)


def post(client, at, page, **changes):
    """Posts a page as a browser would, with some fields changed."""
    response = client.post(at, {**page.fields, **changes}, follow=True)
    assert response.status_code == 200
    return response


def run_action(client, model, action, *rows, **more):
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(address(model, "changelist"), data, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def listed(client, model, **query):
    """The rows on a changelist page."""
    return list(client.get(address(model, "changelist"), query).context["cl"].result_list)


class Tags(HTMLParser):
    """Parses HTML into its tags."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def queries(client, at):
    """The number of queries for a page that was opened before, with short-lived caches cleared.
    Ignores savepoints, which hooks need only because a test is a transaction."""
    client.get(at)
    caching.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(at).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)
