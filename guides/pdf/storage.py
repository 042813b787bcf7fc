"""Builds each guide PDF once and stores it under a content-addressed name."""

import json
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


@dataclass(frozen=True, slots=True)
class GuidePdf:
    """A PDF to send: stored under `name`, or in `content` if it isn't stored."""

    name: str
    content: bytes = b""

    @property
    def etag(self) -> str:
        """A hash of the name, which covers everything that the PDF shows."""
        return f'"{sha256(self.name.encode() or self.content).hexdigest()}"'

    def read(self) -> bytes:
        if self.content:
            return self.content
        with default_storage.open(self.name) as file:
            return bytes(file.read())


def guide_pdf(*, edition: GuideEdition, profile: str, paper: render.Paper) -> GuidePdf:
    """The PDF of an edition: the PT's upload if there is one, else the built one.

    Faults are recorded for the PT. An incomplete PDF is rebuilt at most once a minute, or as soon
    as a missing picture's file changes. Raises PlanMissingError or UnbuildableError.
    """
    if edition.upload:
        if upload_is_intact(edition):
            return GuidePdf(str(edition.upload.name))
        fault_note(edition=edition, profile=profile, paper=paper, reason=UPLOAD_LOST)
    name = built_name(edition, profile, paper)
    if file_is_intact(name):
        return GuidePdf(name)
    attempt = _recent_attempt(name)
    if attempt is None:
        attempt = _attempt(edition, profile, paper)
        if attempt.left_out and _practice_changed(name, edition, profile, paper):
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
    """The outcome of a build. `left_out` maps missing picture files to their checksums."""

    content: bytes = b""
    left_out: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def complete(self) -> bool:
        return not self.left_out and not self.error


def _recent_attempt(name: str) -> _Attempt | None:
    """A recent incomplete build, unless one of its missing pictures has changed since."""
    attempt: _Attempt | None = caches["incomplete"].get(name)
    if attempt and attempt.left_out == _checksums(attempt.left_out):
        return attempt
    caches["incomplete"].delete(name)
    return None


def _attempt(edition: GuideEdition, profile: str, paper: render.Paper) -> _Attempt:
    try:
        built = _build(edition, profile, paper)
    except render.UnbuildableError as error:
        return _Attempt(error=str(error) or type(error).__name__)
    return _Attempt(built.content, _checksums(built.left_out))


def _checksums(files: Iterable[str]) -> dict[str, str]:
    return {file: file_checksum(file) for file in files}


def _incomplete(
    attempt: _Attempt, edition: GuideEdition, profile: str, paper: render.Paper
) -> GuidePdf:
    """Records the fault. The PDF isn't stored: it would outlast the missing picture."""
    if attempt.error:
        reason = f"Its PDF can't be made ({attempt.error})."
        fault_note(edition=edition, profile=profile, paper=paper, reason=reason)
        raise render.UnbuildableError(attempt.error)
    fault_note(edition=edition, profile=profile, paper=paper, left_out=tuple(attempt.left_out))
    return GuidePdf("", attempt.content)


def _practice_changed(name: str, edition: GuideEdition, profile: str, paper: render.Paper) -> bool:
    """Whether the cached practice is outdated, for instance because its photo was just replaced."""
    caching.expire()
    return built_name(edition, profile, paper) != name


def upload_is_intact(edition: GuideEdition) -> bool:
    """Whether the upload is unchanged since publication. Old editions have no checksum."""
    checksum = file_checksum(str(edition.upload.name))
    return bool(checksum) and edition.upload_mark in {"", checksum}


def guide_render(*, edition: GuideEdition, profile: str, paper: render.Paper) -> bytes:
    """Builds the PDF, even if it's stored already."""
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
    """The storage name: a hash of everything that the PDF shows."""
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
