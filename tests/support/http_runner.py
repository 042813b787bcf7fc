"""A runner without JavaScript: reads pages over HTTP, fills in forms, follows links."""

import html
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.cookiejar import CookieJar
from pathlib import Path

from tests.support.ports import free_port
from tests.support.processes import ROOT, wait_for

FORM_AGE = 3.1

ANSWERS = {
    "safety": "none",
    "duration": "3to12m",
    "pattern": "most_days",
    "load_change": "no",
    "worst_pain": "2",
    "hamstring_feel": "most_days",
    "reach": "knee",
    "strength_days": "none",
    "relief": "few_hours",
}


@dataclass
class Page:
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The visible text: tags removed, whitespace collapsed."""
        body = re.sub(r"(?s)<(script|style).*?</\1>", " ", self.body.decode())
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def hidden(self, action: str) -> dict[str, str]:
        """Hidden fields of the form with this `action`, which defaults to the page's URL."""
        forms = re.findall(r"(?s)<form\b([^>]*)>(.*?)</form>", self.body.decode())
        here = f'action="{urllib.parse.urlsplit(self.url).path}"'
        inside = next(
            inside
            for attributes, inside in forms
            if f'action="{action}"' in (attributes if "action=" in attributes else here)
        )
        found = {}
        for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', inside):
            name = re.search(r'name="([^"]*)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if name:
                found[name[1]] = html.unescape(value[1]) if value else ""
        return found


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@dataclass
class Runner:
    site: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.site, path)))

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        url = urllib.parse.urljoin(self.site, path)
        return self._open(urllib.request.Request(url, urllib.parse.urlencode(fields).encode()))

    def follow(self, page: Page) -> Page:
        assert page.status == 303, (page.status, page.text[:500])
        return self.get(page.headers["Location"])

    def _open(self, request: urllib.request.Request) -> Page:
        opener = urllib.request.build_opener(
            NoRedirects, urllib.request.HTTPCookieProcessor(self.cookies)
        )
        try:
            response = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return Page(request.full_url, response.status, response.headers, response.read())

    def answer(self, answers: Mapping[str, str] = ANSWERS) -> Page:
        """Fill in the self-check at human speed. Returns the result page."""
        form = self.get("/check/tight-hips/")
        time.sleep(FORM_AGE)
        return self.follow(self.post(form.url, {**form.hidden("/check/tight-hips/"), **answers}))

    def ask(self, result: Page, email: str) -> Page:
        """Request the guide. Returns the confirmation page."""
        path = urllib.parse.urlsplit(result.url).path + "guide/"
        return self.follow(self.post(path, {**result.hidden(path), "email": email}))


def guide_path(message: EmailMessage) -> str:
    """The address of the guide in its email."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/\s]+(/guide/\S+)", body.get_content())
    assert found is not None
    return found[1]


@contextmanager
def running(environ: Mapping[str, str], log: Path, *options: str) -> Iterator[Runner]:
    """Run bin/run, and stop it as Ctrl-C does."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "bin/run", "--port", str(port), *options],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "HOME": str(log.parent), **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(
                lambda: process.poll() is not None or "Ctrl-C stops it" in log.read_text(),
                "bin/run",
                90,
            )
            assert process.poll() is None, log.read_text()
            yield Runner(f"http://localhost:{port}")
        finally:
            process.terminate()
            code = process.wait(timeout=60)
    assert code == 0, log.read_text()
