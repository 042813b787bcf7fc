"""The requests of runners whose answers differ, and a call of the application in this process."""

import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import count, cycle
from typing import Any, NamedTuple
from urllib.parse import urlencode

MAILS = 6
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile"
SCANNER = "Mozilla/5.0 (compatible; Proofpoint URL Defense)"
ASSET = re.compile(r'(?:href|src)="(/(?:static|practice-|media)[^"]+)"')
LINK = re.compile(rb"http://localhost(/(guide|unsubscribe|preferences)/[0-9a-z.]+/)")
HIDDEN = re.compile(r'name="words" value="([^"]+)"')
COUNTER = re.compile(r'data-to="([^"]+)"')
FORM = "application/x-www-form-urlencoded"
CHECK = "/check/tight-hips/"
SCANS = 3  # how often a scanner opens each link of an email, as in benchmarks/viral


class Request(NamedTuple):
    path: str
    body: bytes = b""
    content_type: str = FORM
    agent: str = PHONE
    cookie: str = ""


class Answer(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes
    cpu: float


def ask(application: Any, request: Request, *, encoding: str = "gzip") -> Answer:
    started: list[Any] = []
    environ = _environ(request, encoding)
    began = time.process_time()
    response = application(environ, lambda *told: started.append(told))
    body = b"".join(response)
    response.close()
    cpu = time.process_time() - began
    return Answer(started[0][0], dict(started[0][1]), body, cpu)


def _environ(request: Request, encoding: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST" if request.body else "GET",
        "PATH_INFO": request.path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.content_type if request.body else "",
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_HOST": "127.0.0.1",
        "HTTP_USER_AGENT": request.agent,
        "HTTP_ACCEPT_LANGUAGE": "en",
        "HTTP_ACCEPT_ENCODING": encoding,
        "HTTP_COOKIE": request.cookie,
        "HTTP_X_FORWARDED_FOR": f"10.{random.randrange(256)}.{random.randrange(256)}.7",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


class Runners:
    def __init__(self, application: Any) -> None:
        from assessments import selectors  # noqa: PLC0415 - of the checkout that is measured
        from benchmarks import runners  # noqa: PLC0415

        self.application, self.forms = application, runners
        self.edition = runners.live()
        self.definition = selectors.edition_definition(self.edition)
        self.random, self.numbers = random.Random(7), count()

    def pages(self, runners: int) -> tuple[dict[str, Iterator[Request]], dict[str, float]]:
        """The requests of each kind, and how many of each a runner's whole visit takes, as in
        `bin/bench --viral`."""
        different = [self._answers() for _ in range(runners)]
        results = self._results(different)
        thanks, mails = self._asked(different)
        guides = [links[b"guide"] for links in mails]
        scanned = [link for links in mails for link in links.values()]
        assets, opened = self._assets(results[0], guides[0])
        keys = [f"reached:{question.key}" for question in self.definition.questions]
        told = {"edition": self.edition.pk, "source": "", "profile": "", "steps": ["start", *keys]}
        counter = self._found(COUNTER, CHECK)
        self._body(f"{guides[0]}download/")  # builds the PDF
        pages = {
            "first page": cycle([Request("/")]),
            "questionnaire": cycle([Request(CHECK)]),
            "static file": cycle([Request(path) for path in assets]),
            "beacon": cycle([Request(counter, json.dumps(told).encode(), "text/plain")]),
            "submission": self._submissions(different),
            "result": cycle([Request(path) for path in results]),
            "same result": cycle([Request(self._results([self.forms.ANSWERS])[0])]),
            "guide request": self._guide_requests(different),
            "on its way": cycle([Request(path, cookie=cookie) for path, cookie in thanks]),
            "guide page": cycle([Request(path) for path in guides]),
            "session": cycle([Request(f"{path}session/1/") for path in guides]),
            "download": cycle([Request(f"{guides[0]}download/")]),
            "links, scanned": cycle([Request(path, agent=SCANNER) for path in scanned]),
        }
        asks = 1 / 3
        shares = dict.fromkeys(pages, asks) | {
            "first page": 1.0,
            "questionnaire": 1.0,
            "static file": opened,
            "beacon": 1.0 + asks,
            "submission": 1 / 2,
            "result": 1 / 2,
            "same result": 0.0,
            "session": 0.0,
            "links, scanned": asks * SCANS * len(mails[0]),
        }
        return pages, shares

    def _answers(self) -> dict[str, Any]:
        """Random answers that lead to a result."""
        from assessments.scoring import AnswersError, score  # noqa: PLC0415

        while True:
            asked = [each for each in self.definition.questions if not each.optional]
            given = {question.key: self._answer(question) for question in asked}
            try:
                if not score(self.definition, given, ["none"]).safety_level:
                    return given
            except AnswersError:
                continue

    def _answer(self, question: Any) -> Any:
        if question.kind == "scale":
            return self.random.randint(question.minimum, question.maximum)
        key = self.random.choice([choice.key for choice in question.choices])
        return [key] if question.kind == "several" else key

    def _submissions(self, answers: Sequence[dict[str, Any]]) -> Iterator[Request]:
        forms = self.forms.submissions(self.edition, {})
        for given in cycle(answers):
            yield Request(CHECK, f"{next(forms)}&{urlencode(given, doseq=True)}".encode())

    def _results(self, answers: Sequence[dict[str, Any]]) -> list[str]:
        return [self._went(next(self._submissions([given])))[0] for given in answers]

    def _guide_requests(self, answers: Sequence[dict[str, Any]]) -> Iterator[Request]:
        for given in cycle(answers):
            (path,) = self._results([given])
            email = f"runner{next(self.numbers)}@example.org"
            form = {"email": email, "words": self._found(HIDDEN, path)}
            yield Request(f"{path}guide/", urlencode(form).encode())

    def _asked(
        self, answers: Sequence[dict[str, Any]]
    ) -> tuple[list[tuple[str, str]], list[dict[bytes, str]]]:
        """The pages that say thanks, with their cookie, and the links of the emails."""
        from django.conf import settings  # noqa: PLC0415

        from guides.tasks import drain  # noqa: PLC0415

        requests = self._guide_requests(answers)
        thanks = [self._went(next(requests)) for _ in range(MAILS)]
        drain()
        mails = [
            {kind: path.decode() for path, kind in LINK.findall(_joined(file.read_bytes()))}
            for file in settings.MAIL_DIR.glob("*.eml")
        ]
        return thanks, mails

    def _assets(self, result: str, guide: str) -> tuple[list[str], float]:
        """The files of all pages, and how many a runner loads: each once."""
        opened, seen = 0.0, set[str]()
        for path, share in (("/", 1), (CHECK, 1), (result, 1 / 2), (guide, 1 / 3)):
            files = {*ASSET.findall(self._body(path))}
            opened += share * len(files - seen)
            seen |= files
        return sorted(seen), opened

    def _went(self, request: Request) -> tuple[str, str]:
        """Where a form led, and the cookie that it set."""
        answer = ask(self.application, request)
        if not answer.status.startswith("303"):
            raise RuntimeError(answer.status)
        return answer.headers["Location"], answer.headers.get("Set-Cookie", "").partition(";")[0]

    def _found(self, pattern: re.Pattern[str], path: str) -> str:
        found = pattern.search(self._body(path))
        if found is None:
            raise RuntimeError(f"no {pattern.pattern} on {path}")
        return found[1]

    def _body(self, path: str) -> str:
        answer = ask(self.application, Request(path), encoding="")
        return answer.body.decode(errors="replace")


def _joined(message: bytes) -> bytes:
    """Without the line breaks of quoted-printable."""
    return message.replace(b"=\r\n", b"").replace(b"=\n", b"")
