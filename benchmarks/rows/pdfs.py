"""The PDF of a guide, compared to typst alone on the same prepared content."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.comparison import Row
from benchmarks.turns import Sides, Turn, Work
from guides import selectors
from guides.models import GuideEdition
from guides.pdf import render
from guides.pdf.storage import guide_pdf, guide_render


@contextmanager
def built(bench: Bench) -> Iterator[Sides]:
    work = build_of_guide()
    yield repeated(work), repeated(typeset_only(work))


@contextmanager
def stored(bench: Bench) -> Iterator[Sides]:
    profile = runners.submission(runners.live(), runners.ANSWERS).profile
    this = edition()
    build = partial(guide_render, edition=this, profile=profile, paper="a4")
    expected = build()

    def read() -> bytes:
        found = guide_pdf(edition=this, profile=profile, paper="a4").read()
        assert found == expected
        return found

    read()
    yield repeated(read), repeated(typeset_only(build))


def build_of_guide() -> Callable[[], bytes]:
    profile = runners.submission(runners.live(), runners.ANSWERS).profile
    return partial(guide_render, edition=edition(), profile=profile, paper="a4")


def edition() -> GuideEdition:
    found = selectors.guide_live_for("tight-hips")
    assert found
    return found


def typeset_only(build: Callable[[], bytes]) -> Callable[[], bytes]:
    """Runs typst directly on the input that it gets in a build."""
    content = given_to_typst(build)
    assert render._typeset(*content) == build()
    return partial(render._typeset, *content)


def given_to_typst(build: Callable[[], bytes]) -> tuple[dict[str, Any], Mapping[str, bytes]]:
    """The data and the images of a build."""
    typeset, given = render._typeset, []
    render._typeset = lambda *content: given.append(content) or typeset(*content)
    try:
        build()
    finally:
        render._typeset = typeset
    return given[-1]


def repeated(piece: Callable[[], bytes]) -> Work:
    def work(seconds: float) -> Turn:
        begun, spent, done = time.monotonic(), time.process_time(), 0
        while not done or time.monotonic() - begun < seconds:
            assert piece().startswith(b"%PDF")
            done += 1
        return Turn(done, time.monotonic() - begun, time.process_time() - spent)

    return work


TYPST = "typst on the same content"
ROWS = (
    Row("pdf", "PDF of the guide, built", TYPST, built, at_most=1.2),
    Row("pdf-stored", "PDF of the guide, stored", TYPST, stored, at_most=0.05),
)
