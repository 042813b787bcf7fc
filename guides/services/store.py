"""Rendered guides: made once, kept under a name that tells what is in them."""

import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext

import assessments.selectors
from assessments.languages import speaking
from assessments.pictures import Refused, picture_printed
from guides import links, pdf, selectors
from guides.content import GuideContent, Words
from guides.models import PICTURE_SIDE, Guide, GuideEdition
from guides.services.content import guide_compile

# What of the practice shows in a guide, and the column that holds it.
SHOWN = {each.name: each.name for each in fields(pdf.Practice)} | {"accent": "accent_colour"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GuidePdf:
    """A PDF to send. It lies under `name`, unless the disk refused it: then it is only here."""

    name: str
    content: bytes = b""

    @property
    def etag(self) -> str:
        """Whatever shows in it is part of its name."""
        return f'"{sha256(self.name.encode()).hexdigest()}"'

    def read(self) -> bytes:
        if self.content:
            return self.content
        with default_storage.open(self.name) as file:
            return bytes(file.read())


def guide_pdf(*, edition: GuideEdition, profile: str, paper: pdf.Paper) -> GuidePdf:
    """The PDF of an edition: the PT's own where she uploaded one, else the built one.

    Raises PlanMissingError where the edition has no plan for this result type.
    """
    if edition.upload:
        if _readable(str(edition.upload.name)):
            return GuidePdf(str(edition.upload.name))
        logger.error("The uploaded PDF of %s is gone; the built one is sent.", edition)
    name = _name(edition, profile, paper)
    if _readable(name):
        return GuidePdf(name)
    rendered = guide_render(edition=edition, profile=profile, paper=paper)
    _keep(name, rendered)
    return GuidePdf(name, rendered)


def _readable(name: str) -> bool:
    try:
        default_storage.open(name).close()
    except OSError:
        return False
    return True


def guide_render(*, edition: GuideEdition, profile: str, paper: pdf.Paper) -> bytes:
    """Build the PDF anew, whether or not it is kept."""
    return _render(
        selectors.guide_content(edition),
        edition.guide,
        profile=profile,
        paper=paper,
        reviewed_by=edition.reviewed_by,
    )


def guide_preview(*, guide: Guide, profile: str, paper: pdf.Paper) -> bytes:
    """The PDF as publishing would make it now. Raises ContentError or PlanMissingError."""
    return _render(guide_compile(guide=guide), guide, profile=profile, paper=paper)


def _render(
    content: GuideContent, guide: Guide, *, profile: str, paper: pdf.Paper, reviewed_by: str = ""
) -> bytes:
    files = {exercise.picture.file for exercise in content.exercises if exercise.picture}
    return pdf.render(
        content,
        profile=profile,
        practice=_practice(),
        paper=paper,
        reviewed_by=reviewed_by,
        secret_url=_secret_url(guide),
        pictures={name: _picture(name, PICTURE_SIDE) for name in files},
        words=_words(content.language),
    )


def _words(language: str) -> Words:
    with speaking(language):
        return Words(**{each.name: gettext(str(each.default)) for each in fields(Words)})


def _picture(name: str, side: int) -> bytes:
    """A picture as a page shows it. One that is gone from the disk, or damaged, is left out: it
    must not keep a runner from the guide."""
    try:
        with default_storage.open(name) as file:
            return picture_printed(file.read(), name=name, side=side)
    except (OSError, Refused):
        logger.exception("The picture %s cannot be used; the guide is made without it.", name)
        return b""


def _practice() -> pdf.Practice:
    practice = assessments.selectors.practice()
    shown: dict[str, Any] = {name: getattr(practice, column) for name, column in SHOWN.items()}
    for name in ("logo", "photo"):
        file = shown[name]
        shown[name] = _picture(str(file.name), file.field.side) if file else b""
    return pdf.Practice(**shown)


def _secret_url(guide: Guide) -> str:
    """The same for every runner, so that a PDF can be kept: the page leads to one's own link."""
    return links.absolute("guides:tell_me_first", guide.slug)


def _name(edition: GuideEdition, profile: str, paper: pdf.Paper) -> str:
    practice = assessments.selectors.practice()
    parts = [
        edition.sha256,
        edition.reviewed_by,
        profile,
        paper,
        _secret_url(edition.guide),
        *(str(getattr(practice, column)) for column in SHOWN.values()),
        *astuple(_words(selectors.guide_content(edition).language)),
        pdf.template_version(),
    ]
    return f"guides/built/{sha256(json.dumps(parts).encode()).hexdigest()}.pdf"


def _keep(name: str, rendered: bytes) -> None:
    """Write beside, then rename: a reader, or a second writer, never meets half a file.

    A disk that is full must not keep a runner from the guide.
    """
    part = f"{name}.{secrets.token_hex(8)}"
    try:
        default_storage.save(part, ContentFile(rendered))
        path = Path(default_storage.path(part))
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(default_storage.path(name))
    except OSError:
        logger.exception("A built guide could not be kept.")
        with suppress(OSError):
            default_storage.delete(part)
