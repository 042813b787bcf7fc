"""Rendered guides: made once, kept under a name that tells what is in them."""

import json
import logging
import os
import secrets
from dataclasses import astuple
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

import assessments.selectors
from guides import links, pdf, selectors
from guides.content import GuideContent
from guides.models import Guide, GuideEdition
from guides.services.content import guide_compile

PICTURE_SIDE = 900  # pixels

logger = logging.getLogger(__name__)


def guide_pdf(*, edition: GuideEdition, profile: str, paper: pdf.Paper) -> bytes:
    """The PDF of an edition: the PT's own where she uploaded one, else the built one.

    Raises PlanMissingError where the edition has no plan for this result type.
    """
    uploaded = _uploaded(edition)
    if uploaded is not None:
        return uploaded
    practice = _practice()
    name = _name(edition, profile, paper, practice)
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except OSError:  # not there yet, or not to be read
        rendered = guide_render(edition=edition, profile=profile, paper=paper)
    _keep(name, rendered)
    return rendered


def guide_render(*, edition: GuideEdition, profile: str, paper: pdf.Paper) -> bytes:
    """Build the PDF anew, whether or not it is kept."""
    kept = selectors.guide_content(edition)
    return pdf.render(
        kept,
        profile=profile,
        practice=_practice(),
        paper=paper,
        reviewed_by=edition.reviewed_by,
        secret_url=_secret_url(edition.guide),
        pictures=_pictures(kept),
    )


def guide_preview(*, guide: Guide, profile: str, paper: pdf.Paper) -> bytes:
    """The PDF as publishing would make it now. Raises ContentError or PlanMissingError."""
    compiled = guide_compile(guide=guide)
    return pdf.render(
        compiled,
        profile=profile,
        practice=_practice(),
        paper=paper,
        secret_url=_secret_url(guide),
        pictures=_pictures(compiled),
    )


def _pictures(content: GuideContent) -> dict[str, bytes]:
    """By name. One that is gone from the disk must not keep a runner from the guide."""
    names = {exercise.picture.file for exercise in content.exercises if exercise.picture}
    found = {}
    for name in names:
        try:
            with default_storage.open(name) as file:
                found[name] = _light(file)
        except OSError:
            logger.exception("A picture of an exercise is gone; the guide is made without it.")
    return found


def _light(file: IO[bytes]) -> bytes:
    """A picture as large as a page shows it."""
    with Image.open(file) as image:
        kind = "PNG" if image.format == "PNG" else "JPEG"
        image.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
        made = BytesIO()
        image.save(made, kind, quality=82, optimize=True)
    return made.getvalue()


def _uploaded(edition: GuideEdition) -> bytes | None:
    if not edition.upload:
        return None
    try:
        with edition.upload.open() as file:
            return bytes(file.read())
    except FileNotFoundError:
        logger.exception("The uploaded PDF of %s is gone; the built one is sent.", edition)
        return None


def _practice() -> pdf.Practice:
    practice = assessments.selectors.practice()
    return pdf.Practice(
        name=practice.name,
        credentials=practice.credentials,
        sign_off=practice.sign_off,
        accent=practice.accent_colour,
    )


def _secret_url(guide: Guide) -> str:
    """The same for every runner, so that a PDF can be kept: the page leads to one's own link."""
    return links.absolute("guides:tell_me_first", guide.slug)


def _name(edition: GuideEdition, profile: str, paper: pdf.Paper, practice: pdf.Practice) -> str:
    parts = [
        edition.sha256,
        edition.reviewed_by,
        profile,
        paper,
        _secret_url(edition.guide),
        *astuple(practice),
        pdf.template_version(),
    ]
    return f"guides/built/{sha256(json.dumps(parts).encode()).hexdigest()}.pdf"


def _keep(name: str, rendered: bytes) -> None:
    """Write beside, then rename: a reader, or a second writer, never meets half a file.

    A disk that is full must not keep a runner from the guide.
    """
    try:
        part = default_storage.save(f"{name}.{secrets.token_hex(8)}", ContentFile(rendered))
        path = Path(default_storage.path(part))
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(default_storage.path(name))
    except OSError:
        logger.exception("A built guide could not be kept.")
