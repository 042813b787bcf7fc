"""Builds each guide PDF once and stores it under a content-addressed name."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, field
from hashlib import sha256
from typing import Any

from django.core.cache import caches

import assessments.selectors
from guides import selectors
from guides.content import RunnerAdvice
from guides.models import GuideEdition
from guides.pdf import render
from guides.pdf.build import SHOWN, BuiltPdf, guide_build, phone_url, secret_url, words_of
from guides.pdf.faults import fault_clear, fault_note
from guides.pdf.file_integrity import file_checksum, file_delete, file_is_intact, file_store
from guides.pdf.papers import Paper
from guides.reasons import NO_PDF, UPLOAD_LOST
from runfit.lib import caching
from runfit.lib.messages import message
from runfit.lib.storage import files, files_in
from runfit.lib.translation import use_language

BUILT = "guides/built"
VARIANT = "-"
"""Stands in the name between the hash of the PDF without advice and that of the advice."""
MAX_VARIANTS = 300  # about 150 MB
INCOMPLETE_SECONDS = 60


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
        return files().contents(self.name)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A PDF that somebody wants. Runners whose results say the same share one."""

    edition: GuideEdition
    profile: str
    paper: Paper
    advice: RunnerAdvice = render.NO_ADVICE

    @property
    def name(self) -> str:
        """The storage name: a hash of everything that the PDF shows, and of the advice in it."""
        base = built_name(self.edition, self.profile, self.paper)
        if self.advice == render.NO_ADVICE:
            return base
        mark = _hash(asdict(self.advice) | {"skip_for": sorted(self.advice.skip_for)})
        return f"{base.removesuffix('.pdf')}{VARIANT}{mark}.pdf"


def guide_pdf(
    *,
    edition: GuideEdition,
    profile: str,
    paper: Paper,
    advice: RunnerAdvice = render.NO_ADVICE,
) -> GuidePdf:
    """The PDF of an edition: the PT's upload if there is one, else the built one.

    Faults are recorded for the PT. An incomplete PDF is rebuilt at most once a minute, or as soon
    as a missing picture's file changes. Raises PlanMissingError or UnbuildableError.
    """
    wanted = Wanted(edition=edition, profile=profile, paper=paper, advice=advice)
    if edition.upload:
        if upload_is_intact(edition):
            return GuidePdf(str(edition.upload.name))
        _fault_note(wanted, reason=UPLOAD_LOST)
    name = wanted.name
    if file_is_intact(name):
        return GuidePdf(name)
    attempt = _recent_attempt(name)
    if attempt is None:
        attempt = _attempt(wanted)
        if attempt.left_out and _practice_changed(name, wanted):
            return guide_pdf(edition=edition, profile=profile, paper=paper, advice=advice)
    if not attempt.complete:
        caches["incomplete"].add(name, attempt, INCOMPLETE_SECONDS)
        return _incomplete(attempt, wanted)
    file_store(name, attempt.content)
    variants_trim()
    if not edition.upload:
        fault_clear(edition=edition, profile=profile, paper=paper, skip_for=advice.skip_for)
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


def _attempt(wanted: Wanted) -> _Attempt:
    try:
        built = _build(wanted)
    except render.UnbuildableError as error:
        return _Attempt(error=str(error) or type(error).__name__)
    return _Attempt(built.content, _checksums(built.left_out))


def _checksums(files: Iterable[str]) -> dict[str, str]:
    return {file: file_checksum(file) for file in files}


def _incomplete(attempt: _Attempt, wanted: Wanted) -> GuidePdf:
    """Records the fault. The PDF isn't stored: it would outlast the missing picture."""
    if attempt.error:
        _fault_note(wanted, reason=message(NO_PDF, error=attempt.error))
        raise render.UnbuildableError(attempt.error)
    _fault_note(wanted, left_out=tuple(attempt.left_out))
    return GuidePdf("", attempt.content)


def _fault_note(wanted: Wanted, *, reason: str = "", left_out: tuple[str, ...] = ()) -> None:
    fault_note(
        edition=wanted.edition,
        profile=wanted.profile,
        paper=wanted.paper,
        skip_for=wanted.advice.skip_for,
        reason=reason,
        left_out=left_out,
    )


def _practice_changed(name: str, wanted: Wanted) -> bool:
    """Whether the cached practice is outdated, for instance because its photo was just replaced."""
    caching.expire()
    return wanted.name != name


def upload_is_intact(edition: GuideEdition) -> bool:
    """Whether the upload is unchanged since publication. Old editions have no checksum."""
    checksum = file_checksum(str(edition.upload.name))
    return bool(checksum) and edition.upload_mark in {"", checksum}


def guide_render(
    *,
    edition: GuideEdition,
    profile: str,
    paper: Paper,
    advice: RunnerAdvice = render.NO_ADVICE,
) -> bytes:
    """Builds the PDF, even if it's stored already."""
    return _build(Wanted(edition=edition, profile=profile, paper=paper, advice=advice)).content


def _build(wanted: Wanted) -> BuiltPdf:
    return guide_build(
        content=selectors.guide_content(wanted.edition),
        guide=wanted.edition.guide,
        profile=wanted.profile,
        paper=wanted.paper,
        reviewed_by=_signature(wanted.edition),
        advice=wanted.advice,
    )


def built_name(edition: GuideEdition, profile: str, paper: Paper) -> str:
    """The storage name of the PDF without advice: a hash of everything that it shows."""
    practice = assessments.selectors.practice()
    language = selectors.guide_content(edition).language
    parts = [
        edition.sha256,
        _signature(edition),
        profile,
        paper,
        secret_url(edition.guide),
        phone_url(edition.guide),
        *(str(getattr(practice, column)) for column in SHOWN.values()),
        *astuple(words_of(language)),
        *astuple(selectors.dose_words(language)),
        render.template_version(),
    ]
    return f"{BUILT}/{_hash(parts)}.pdf"


def _signature(edition: GuideEdition) -> str:
    """In the guide's language. It names the month, so it stays true on paper."""
    with use_language(selectors.guide_content(edition).language):
        return edition.signature


def name_without_advice(name: str) -> str:
    return name.partition(VARIANT)[0].removesuffix(".pdf") + ".pdf"


def _hash(parts: Any) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()


def variants_trim() -> None:
    """Deletes the oldest PDFs with advice if there are too many. They're built again when somebody
    wants them."""
    variants = {name: kept.modified for name, kept in files_in(BUILT).items() if VARIANT in name}
    with suppress(OSError):  # another process may do the same
        for name in sorted(variants, key=variants.__getitem__)[:-MAX_VARIANTS]:
            file_delete(f"{BUILT}/{name}")
