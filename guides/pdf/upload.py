"""Rebuilds an uploaded PDF from what its pages show. What it is, its content says, not its name."""

from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader, PdfWriter
from pypdf.errors import LimitReachedError

from guides.pdf.active_parts import remove_active_parts

LARGEST = 10 * 1024 * 1024
MOST_PAGES = 80
MARK = b"%PDF-"
MARK_WITHIN = 1024
"""Bytes in which readers look for the header, since some programs put a line before it."""
PROTECTED = _("This PDF only opens with a password. Save it without protection.")
TOO_COMPLICATED = _("This PDF is too complicated. Print it to a new PDF.")
HEADERS = ("%PDF-1.7", "%PDF-2.0")


class PdfRefused(Exception):  # noqa: N818 - a refusal with its reason
    """A file can't be the guide; the message tells the PT why."""


@dataclass(frozen=True, slots=True)
class PdfUpload:
    """A PDF written anew."""

    content: bytes
    left_out: bool
    """Whether the uploaded one held anything active."""


def pdf_rebuild(file: IO[bytes], size: int) -> PdfUpload:
    """Writes the PDF anew, without anything active. Raises PdfRefused unless any runner can open
    it."""
    if size > LARGEST:
        raise PdfRefused(_too_large())
    file.seek(0)
    if MARK not in file.read(MARK_WITHIN):
        raise PdfRefused(gettext("This isn't a PDF. Save your guide as a PDF and try again."))
    file.seek(0)
    try:
        return _rebuilt(PdfReader(file))
    except PdfRefused:
        raise
    except NotImplementedError as error:  # encryption with certificates
        raise PdfRefused(PROTECTED) from error
    except (LimitReachedError, RecursionError, MemoryError) as error:
        raise PdfRefused(TOO_COMPLICATED) from error
    except Exception as error:  # pypdf fails on damaged files in many ways
        message = gettext("This PDF is damaged and can't be read. Save it again.")
        raise PdfRefused(message) from error
    finally:
        file.seek(0)


def _too_large() -> str:
    message = gettext("This file is larger than {number} MB. Make it smaller.")
    return message.format(number=LARGEST // 1024 // 1024)


def _rebuilt(reader: PdfReader) -> PdfUpload:
    """Only what the pages need is copied: whatever else was in the file, before, between, or after
    its objects, isn't."""
    _content_check(reader)
    left_out = remove_active_parts(reader)
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = HEADERS["%PDF-2" in reader.pdf_header]
    buffer = BytesIO()
    writer.write(buffer)
    if len(buffer.getvalue()) > LARGEST:
        raise PdfRefused(_too_large())
    if remove_active_parts(PdfReader(buffer)):  # pragma: no cover - what's written is read again
        raise PdfRefused(TOO_COMPLICATED)
    return PdfUpload(buffer.getvalue(), left_out)


def _content_check(reader: PdfReader) -> None:
    """Checks an open PDF. Encryption with an empty password is fine."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise PdfRefused(PROTECTED)
    pages = len(reader.pages)
    if pages == 0:
        raise PdfRefused(gettext("This PDF has no pages."))
    if pages > MOST_PAGES:
        message = gettext("This PDF has {pages} pages. A guide may have up to {most}.")
        raise PdfRefused(message.format(pages=pages, most=MOST_PAGES))
    if _is_xfa_form(reader):
        raise PdfRefused(
            gettext("This PDF is a form that only Adobe Reader can show. Print it to a new PDF.")
        )


def _is_xfa_form(reader: PdfReader) -> bool:
    """Whether only Adobe Reader can show it: others show a “Please wait …” page for XFA forms."""
    root = reader.root_object
    form = root.get("/AcroForm")
    return bool(root.get("/NeedsRendering")) and form is not None and "/XFA" in form.get_object()
