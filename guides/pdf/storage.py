"""The PDF of a guide: made once, kept under a name that tells what is in it."""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from hashlib import sha256

from django.core.cache import caches
from django.core.files.storage import default_storage

import assessments.selectors
from guides import selectors
from guides.models import GuideEdition
from guides.pdf import render
from guides.pdf.build import SHOWN, BuiltPdf, guide_build, secret_url, words_of
from guides.pdf.faults import fault_clear, fault_note
from guides.pdf.file_integrity import file_checksum, file_is_intact, file_store
from runfit.lib import caching

BUILT = "guides/built"
INCOMPLETE_SECONDS = 60
UPLOAD_LOST = "Your own PDF is gone from this server, or damaged."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GuidePdf:
    """A PDF to send. It lies under `name`, unless it could not or should not be kept: then it is
    only here."""

    name: str
    content: bytes = b""

    @property
    def etag(self) -> str:
        """Whatever shows in it is part of its name."""
        return f'"{sha256(self.name.encode() or self.content).hexdigest()}"'

    def read(self) -> bytes:
        if self.content:
            return self.content
        with default_storage.open(self.name) as file:
            return bytes(file.read())


def guide_pdf(*, edition: GuideEdition, profile: str, paper: render.Paper) -> GuidePdf:
    """The PDF of an edition: the PT's own where she uploaded one, else the built one.

    What is not as it should be is noted for her, and built anew once a minute at most, or when a
    picture that it lacked is another file. Raises PlanMissingError where the edition has no
    plan for this result type, UnbuildableError.
    """
    if edition.upload:
        if upload_is_whole(edition):
            return GuidePdf(str(edition.upload.name))
        fault_note(edition=edition, profile=profile, paper=paper, reason=UPLOAD_LOST)
    name = built_name(edition, profile, paper)
    if file_is_intact(name):
        return GuidePdf(name)
    attempt = _attempt_kept(name)
    if attempt is None:
        attempt = _attempt(edition, profile, paper)
        if attempt.left_out and _practice_is_another(name, edition, profile, paper):
            return guide_pdf(edition=edition, profile=profile, paper=paper)
    if not attempt.complete:
        caches["incomplete"].add(name, attempt, INCOMPLETE_SECONDS)
        return _incomplete(attempt, edition, profile, paper)
    file_store(name, attempt.content)
    if not edition.upload:
        fault_clear(edition=edition, profile=profile, paper=paper)
    return GuidePdf(name, attempt.content)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of building a guide. `left_out` are files of pictures, each with its mark."""

    content: bytes = b""
    left_out: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def complete(self) -> bool:
        return not self.left_out and not self.error


def _attempt_kept(name: str) -> _Attempt | None:
    """One that did not make a complete guide a moment ago, unless a picture came back since."""
    kept: _Attempt | None = caches["incomplete"].get(name)
    if kept and kept.left_out == _marks(kept.left_out):
        return kept
    caches["incomplete"].delete(name)
    return None


def _attempt(edition: GuideEdition, profile: str, paper: render.Paper) -> _Attempt:
    try:
        built = _build(edition, profile, paper)
    except render.UnbuildableError as error:
        return _Attempt(error=str(error) or type(error).__name__)
    return _Attempt(built.content, _marks(built.left_out))


def _marks(files: Iterable[str]) -> dict[str, str]:
    return {file: file_checksum(file) for file in files}


def _incomplete(
    attempt: _Attempt, edition: GuideEdition, profile: str, paper: render.Paper
) -> GuidePdf:
    """Not stored: it would stay without the picture once the picture is back."""
    if attempt.error:
        reason = f"Its PDF can't be made ({attempt.error})."
        fault_note(edition=edition, profile=profile, paper=paper, reason=reason)
        raise render.UnbuildableError(attempt.error)
    fault_note(edition=edition, profile=profile, paper=paper, left_out=tuple(attempt.left_out))
    return GuidePdf("", attempt.content)


def _practice_is_another(
    name: str, edition: GuideEdition, profile: str, paper: render.Paper
) -> bool:
    """Whether one was cached here whose photo was replaced a moment ago."""
    caching.expire()
    return built_name(edition, profile, paper) != name


def upload_is_whole(edition: GuideEdition) -> bool:
    """As it was published. Editions from before that was noted are taken as they are."""
    found = file_checksum(str(edition.upload.name))
    return bool(found) and edition.upload_mark in {"", found}


def guide_render(*, edition: GuideEdition, profile: str, paper: render.Paper) -> bytes:
    """Build the PDF anew, whether or not it is kept."""
    return _build(edition, profile, paper).content


def _build(edition: GuideEdition, profile: str, paper: render.Paper) -> BuiltPdf:
    return guide_build(
        content=selectors.guide_content(edition),
        guide=edition.guide,
        profile=profile,
        paper=paper,
        reviewed_by=edition.reviewed_by,
    )


def built_name(edition: GuideEdition, profile: str, paper: render.Paper) -> str:
    """Whatever shows in it is part of its name."""
    practice = assessments.selectors.practice()
    parts = [
        edition.sha256,
        edition.reviewed_by,
        profile,
        paper,
        secret_url(edition.guide),
        *(str(getattr(practice, column)) for column in SHOWN.values()),
        *astuple(words_of(selectors.guide_content(edition).language)),
        render.template_version(),
    ]
    return f"{BUILT}/{sha256(json.dumps(parts).encode()).hexdigest()}.pdf"
