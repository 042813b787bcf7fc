"""Hostile input for every URL, in every part of a request."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import admin
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from runfit.wsgi import application
from tests.assessments.browser import Page

HUGE = "9" * 20
CSRF_TOKEN = "a" * 32
ENDLESS = "9" * 5000  # more digits than Python's int() accepts
NUL_IN_QUOTES = '"' + r"\000" * 12 + '"'  # a quoted cookie can contain what no header can

HEADERS = (
    *(
        ("Content-Type", f"{kind}; charset={charset}")
        for kind in ("x/y", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
        for charset in ("hex", "undefined", "idna", "punycode", "utf-16", "rot13", "no-such", '"')
    ),
    ("Content-Type", "x/y; charset*=hex''%41"),
    ("Content-Type", "x/y; charset*=no-such''%41"),
    ("Content-Type", "x/y; boundary*=no-such''%41"),
    ("Content-Type", "multipart/form-data"),
    ("Content-Type", "multipart/form-data; boundary="),
    ("Content-Type", "multipart/form-data; boundary=\xe9"),
    ("Content-Type", "multipart/form-data; boundary=" + "b" * 3000),
    ("Content-Type", 'x/y; a="' + ";" * 60_000),
    ("Content-Type", "application/json"),
    ("Content-Type", ";;;=;charset"),
    ("Content-Type", "\xff/\xff; charset=\xff"),
    *(
        (name, value)
        for name in ("Referer", "Origin")
        for value in ("http://[", "http://]", "http://a:b", "http://\xff", "null", "//", "\xff")
    ),
    *(
        ("Host", value)
        for value in ("[", "[::1", "a b", "x" * 300, "evil.example", "testserver:99999", "\xff", "")
    ),
    *(
        ("Cookie", f"{name}={NUL_IN_QUOTES}")
        for name in ("sessionid", "csrftoken", "messages", "follow_up")
    ),
    ("Cookie", "sessionid=" + "s" * 3000),
    ("Cookie", 'a="' + "\\" * 60_000 + '"'),
    ("Cookie", "sessionid=\xff\xfe; csrftoken=\xff"),
    ("Cookie", "follow_up=1:2:3; =;=; ;"),
    ("Accept-Language", "\xff"),
    ("Accept-Language", "en-" * 1000),
    ("Accept-Encoding", "gzip;q=\xff"),
    ("Accept", "\xff"),
    ("If-None-Match", '"'),
    ("If-None-Match", 'W/"' + "e" * 3000),
    ("If-Match", "\xff"),
    ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 GMT"),
    ("If-Modified-Since", "Sun, 06 Nov 0000 08:49:37 GMT"),
    ("If-Modified-Since", "Sun, 31 Feb 9999 08:49:37 GMT"),
    ("If-Unmodified-Since", "Sun, 06 Nov 0000 08:49:37 GMT"),
    ("Range", f"bytes={HUGE}-"),
    ("Range", "bytes=b-a,,-"),
    ("X-Forwarded-For", "[,%,::::,\xff"),
    ("X-Forwarded-For", "fe80::1%eth0"),
    ("X-Forwarded-Proto", "\xff"),
    ("X-Forwarded-Host", "http://["),
    ("Content-Length", "-1"),
    ("Content-Length", "x"),
    ("Content-Length", HUGE),
    ("Sec-Fetch-Site", "\xff"),
    ("User-Agent", "Mozilla/\xff"),
    ("Authorization", "Basic !\xff"),
)

VALUES = (
    "\0", "\ud800".encode("utf-8", "surrogatepass"), b"\xff\xfe", HUGE, f"-{HUGE}", ENDLESS, "NaN",
    "1e400", "-1", "0", "٣", "²", "x", "a,b", "[", "(", "'", '"', "%", "\\", "{0}", "..", "+", "True",
    "0001-01-01", "9999-12-31", "99999-01-01", "9999-12-31 23:59:59", "x" * 300, "\u202e", "a\r\nb",
    "edition:\0", f"edition:{HUGE}", "edition:x", f"profile:{ENDLESS}",
)  # fmt: skip
"""Texts, and bytes that aren't UTF-8."""

PARAMETERS = (
    "utm_source", "paper", "q", "o", "p", "e", "all", "_popup", "_to_field", "_changelist_filters",
    "next", "assessment", "days", "since", "until", "only", "app_label", "model_name", "term",
    "field_name", "id", "pk", "id__exact", "id__in", "edition", "profile", "safety_level", "needs",
    "form_token", "safety", "_facets", "object_id", "",
)  # fmt: skip
LOOKUPS = (
    "", "__exact", "__iexact", "__in", "__isnull", "__range", "__gt", "__lt", "__gte", "__year",
    "__month", "__day", "__week", "__hour", "__date", "__time", "__regex", "__iregex",
    "__contains", "__startswith", "__id__exact", "__pk__in", "__nothing", "__", "____",
)  # fmt: skip

SEGMENTS = (
    "%00", "%ED%A0%80", "%FF", "..", "%2E%2E", "..%2F..%2Fetc%2Fpasswd", "%5C..%5C", "%2F",
    "%0D%0A", "x" * 300, "%C3%A9" * 200, "%F0%9F%8F%83" * 70, "x" * 5000, HUGE, ENDLESS, "-1", "0",
    ".", "%20", "1.x", "1:x", "²", "%D9%A3", "_5B", "_00", "_", "%5B", "+", "1_2C1", "x.eml",
)  # fmt: skip

ACTIONS = ("delete_selected", "erase", "revoke", "send_again", "write_again", "publish")
FORM, JSON, PARTS = (
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=x",
)
BODIES = (
    (FORM, b"a=%00&b=%ff&c=%ed%a0%80&safety=%00&form_token=%00&email=%00"),
    (FORM, b"\xff\xfe\x00&&&===%%%"),
    (FORM, b"a=1&" * 5001),
    (FORM, b"email=" + b"a" * 60_000 + b"@example.org"),
    (JSON, b"[" * 30_000),
    (JSON, b'{"a":' * 6_000),
    (JSON, b'{"edition": ' + b"9" * 5000 + b', "source": "", "profile": "", "steps": ["start"]}'),
    (JSON, b'{"edition": NaN, "source": [], "profile": {}, "steps": 1}'),
    (JSON, b'{"edition": null, "source": "", "profile": "\\ud800", "steps": ["start"]}'),
    (JSON, b'{"edition": 1, "source": "\\u0000", "profile": "\\u0000", "steps": ["start"]}'),
    (JSON, b'{"updatedItems": [["x", 1], ["\\u0000", 99999999999999999999]]}'),
    (JSON, b"\xff\xfe\x00"),
    (PARTS, b"--x"),
    (PARTS, b"--x\r\n\r\n--x--\r\n"),
    *(
        (PARTS, b"--x\r\nContent-Disposition: form-data; %s\r\n\r\nx\r\n--x--\r\n" % head)
        for head in (
            b'name="a"; filename="..\\..\\\x00"',
            b"name*=hex''a; filename*=undefined''%ff",
            b'name="a"\r\nContent-Transfer-Encoding: base64',
            b'name="a"; filename="b"\r\nContent-Type: x/y; charset=hex',
        )
    ),
)


class Hostile(NamedTuple):
    method: str
    address: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    content_type: str = FORM


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Server(RequestFactory):
    """Calls the WSGI application as a web server does. `post`, `get` and so on return an
    Answer."""

    def __init__(self, cookies: SimpleCookie | None = None) -> None:
        super().__init__(HTTP_X_CSRFTOKEN=CSRF_TOKEN)
        self.cookies = cookies or SimpleCookie()
        self.cookies["csrftoken"] = CSRF_TOKEN

    def request(self, **request: Any) -> Answer:
        head: list[Any] = []
        with _same_connection():
            body = application(self._base_environ(**request), lambda *given: head.extend(given))
            content = b"".join(body)
            with suppress(AttributeError):  # lists have no close()
                body.close()
        return Answer(int(head[0][:3]), dict(head[1]), content)

    def send(self, each: Hostile) -> Answer:
        return self.generic(
            each.method, each.address, each.body, each.content_type, headers=each.headers
        )


@contextmanager
def _same_connection() -> Iterator[None]:
    """Keeps requests from closing the test's connection, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def templates() -> list[tuple[str, list[str]]]:
    """Every URL pattern, with the names of its parameters."""
    return [normalize(pattern)[0] for pattern in _patterns(get_resolver().url_patterns)]


def _patterns(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in patterns:
        regex = before + each.pattern.regex.pattern.lstrip("^").replace(r"\Z", "").replace(
            r"\z", ""
        )
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns, regex)
        else:
            yield regex


def fields_of(template: str) -> list[str]:
    """The query parameters of an admin changelist."""
    for model in admin.site._registry:
        if template == f"admin/{model._meta.app_label}/{model._meta.model_name}/":
            return [field.name for field in model._meta.get_fields()]
    return []


def one_for_each(random: Random, fill: Callable[..., str]) -> Iterator[Hostile]:
    """A request per URL. `fill` writes URLs with existing objects, except for given values. Admin
    lists get a second request with filters."""
    for template, names in templates():
        kinds = [_with_header, _with_query, _with_body, *([_with_segment] if names else [])]
        yield random.choice(kinds)(random, fill, template, names)
        if fields := fields_of(template):
            lookup = random.choice(fields) + random.choice(LOOKUPS)
            query = urlencode({lookup: random.choice(VALUES)})
            yield Hostile("GET", f"{fill(template, names)}?{query}")


def _with_header(random: Random, fill: Callable[..., str], *template: Any) -> Hostile:
    name, value = random.choice(HEADERS)
    return Hostile(random.choice(["GET", "HEAD", "POST", "PUT"]), fill(*template), {name: value})


def _with_query(random: Random, fill: Callable[..., str], *template: Any) -> Hostile:
    query = urlencode({random.choice(PARAMETERS): random.choice(VALUES)})
    return Hostile("GET", f"{fill(*template)}?{query}")


def _with_body(random: Random, fill: Callable[..., str], *template: Any) -> Hostile:
    kind, body = random.choice(BODIES)
    return Hostile("POST", fill(*template), {}, body, kind)


def _with_segment(random: Random, fill: Callable[..., str], template: str, names: Any) -> Hostile:
    return Hostile("GET", fill(template, names, **{random.choice(names): random.choice(SEGMENTS)}))


def pages(random: Random, fill: Callable[..., str]) -> list[str]:
    """A sample of the URLs, since rendering them takes long."""
    return random.sample([fill(*each) for each in templates()], 60)


def mangled(random: Random, at: str, page: bytes) -> Hostile:
    """The data that a page's forms would post, with one field replaced."""
    fields = Page(page.decode()).fields
    name = random.choice([*fields, "_selected_action", "index", "select_across"])
    actions = {"action": random.choice(ACTIONS)} if "action" in fields else {}
    posted = {**fields, **actions, name: random.choice(VALUES)}
    return Hostile("POST", at, {}, urlencode(posted, doseq=True).encode())
