"""One simulated runner, from the first page to the PDF."""

import asyncio
import json
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.viral.notes import FaultError, Notes
from benchmarks.viral.sink import Sink
from benchmarks.viral.web import SCANNER, Answer, Browser, Visit
from tests.support.http_runner import ANSWERS

CHECK = "/check/tight-hips/"
QUESTIONS = [key for key in ANSWERS if key != "safety"]
LEAVE = 1 / 2  # at some question
ASK = 1 / 3  # for the guide: of all runners
SCANS = 3  # how often a scanner opens each link of a mail

# Average seconds that people take; the actual times are random.
LOOK = 10.0  # at the first page
SAFETY = 20.0
QUESTION = 15.0
READ = 60.0  # the result
MAILBOX = 120.0  # before the mail is opened
GUIDE = 30.0  # on its page, before the download
YOUNG = 2.1  # real seconds: faster forms are rejected as bots
GOLDEN = 0.618034  # golden ratio: spreads behavior evenly over any few runners

ASSET = re.compile(r'(?:href|src)="(/(?:static|practice-|media)[^"]+)"')
HIDDEN = re.compile(r'name="(form_token|csrfmiddlewaretoken)" value="([^"]+)"')
COUNTED = re.compile(r'data-to="(?P<to>[^"]+)"(?P<rest>[^>]*)')
DATA = re.compile(r'data-([a-z]+)="([^"]*)"')


@dataclass
class Town:
    """The runners' environment. `hurry`: speedup of think times. `lines`: bytes per second.
    `files`: whether the site itself serves static files. `asked`: the thanked addresses."""

    port: int
    hurry: float
    lines: Sequence[int]
    files: bool
    notes: Notes = field(default_factory=Notes)
    sink: Sink = field(default_factory=Sink)
    asked: set[str] = field(default_factory=set)

    async def thinks(self, seconds: float) -> None:
        await asyncio.sleep(random.expovariate(1 / seconds) / self.hurry)


class Runner:
    def __init__(self, town: Town, number: int) -> None:
        self.town, self.name = town, f"runner{number}@example.org"
        address = ".".join(str(number >> shift & 255) for shift in (16, 8, 0))
        self.browser = Browser(town.port, town.notes, f"10.{address}")
        self.has: set[str] = set()
        fate = number * GOLDEN % 1
        self.leaves, self.asks = fate < LEAVE, fate > 1 - ASK

    async def comes(self) -> None:
        async with self.browser.visit() as visit:
            await self.opens(visit, "/", "first page")
        await self.town.thinks(LOOK)
        async with self.browser.visit() as visit:
            page = await self.opens(visit, CHECK, "self-check")
        opened = time.monotonic()
        met = await self.answers()
        await asyncio.sleep(max(0.0, opened + YOUNG - time.monotonic()))
        async with self.browser.visit() as visit:
            await self.tells(visit, page, met)
            if self.leaves:
                return
            sent = await visit.post(CHECK, {**ANSWERS, **hidden(page)}, "answers")
            result = await self.opens(visit, sent.location, "result")
        await self.town.thinks(READ)
        if self.asks:
            await self.reads(*await self.asks_for_the_guide(sent.location, result))

    async def answers(self) -> list[str]:
        """The steps that check.js would report."""
        await self.town.thinks(SAFETY)
        met = ["start"]
        last = random.choice(QUESTIONS) if self.leaves else None
        for key in QUESTIONS:
            met.append(f"reached:{key}")
            await self.town.thinks(QUESTION)
            if key == last:
                break
            met.append(f"left:{key}")
        return met

    async def asks_for_the_guide(self, path: str, result: Answer) -> tuple[float, list[str]]:
        mail = self.town.sink.expect(self.name)
        async with self.browser.visit() as visit:
            form = {**hidden(result), "email": self.name}
            thanks = await visit.post(f"{path}guide/", form, "request")
            asked = time.monotonic()
            self.town.asked.add(self.name)
            await self.opens(visit, thanks.location, "on its way")
        came, links = await mail
        self.town.notes.add("mail", came - asked)
        return came, links

    async def reads(self, came: float, links: list[str]) -> None:
        paths = [urlsplit(link).path for link in links]
        guide = next(path for path in paths if path.startswith("/guide/"))
        await self.scanned(paths)
        await self.town.thinks(MAILBOX)
        async with self.browser.visit() as visit:
            page = await self.opens(visit, guide, "guide")
        await self.town.thinks(GUIDE)
        async with self.browser.visit() as visit:
            await visit.download(f"{guide}download/", random.choice(self.town.lines))
        async with self.browser.visit() as visit:
            await self.tells(visit, page, [])

    async def scanned(self, paths: list[str]) -> None:
        """Opens links like a mail security scanner."""
        scanner = Browser(self.town.port, self.town.notes, self.browser.address, SCANNER)
        for _ in range(SCANS):
            async with scanner.visit() as visit:
                for path in paths:
                    await visit.get(path, "scanner")

    async def opens(self, visit: Visit, path: str, kind: str) -> Answer:
        """A page with its uncached assets."""
        page = await visit.get(path, kind)
        for asset in ASSET.findall(page.text) if self.town.files else ():
            if asset not in self.has:
                self.has.add(asset)
                await visit.get(asset, "static file")
        return page

    async def tells(self, visit: Visit, page: Answer, met: list[str]) -> None:
        """Sends the beacon of count.js."""
        found = COUNTED.search(page.text)
        if found is None:
            raise FaultError("a page that counts nothing")
        data = dict(DATA.findall(found["rest"]))
        told = {
            "edition": int(data["edition"]),
            "source": data.get("source", ""),
            "profile": data.get("profile", ""),
            "steps": [*filter(None, [data.get("step")]), *met],
        }
        await visit.tell(found["to"], json.dumps(told).encode())


def hidden(page: Answer) -> dict[str, str]:
    return dict(HIDDEN.findall(page.text))
