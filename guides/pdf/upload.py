"""Validates an uploaded PDF by its content, not its name."""

from typing import IO

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

LARGEST = 10 * 1024 * 1024
MOST_PAGES = 80
MOST_OBJECTS = 100_000
MARK = b"%PDF-"
MARK_WITHIN = 1024
"""Bytes in which readers look for the header, since some programs put a line before it."""
PROTECTED = _("This PDF only opens with a password. Save it without protection.")
TOO_COMPLICATED = _("This PDF is too complicated. Print it to a new PDF.")
ACTIVE = {"/JS", "/JavaScript", "/Launch"}


class PdfRefused(Exception):  # noqa: N818 - a refusal with its reason
    """A file can't be the guide; the message tells the PT why."""


def pdf_check(file: IO[bytes], size: int) -> None:
    """Raises PdfRefused unless the file is a plain PDF that any runner can open."""
    if size > LARGEST:
        message = gettext("This file is larger than {number} MB. Make it smaller.")
        raise PdfRefused(message.format(number=LARGEST // 1024 // 1024))
    file.seek(0)
    if MARK not in file.read(MARK_WITHIN):
        raise PdfRefused(gettext("This isn't a PDF. Save your guide as a PDF and try again."))
    file.seek(0)
    try:
        _content_check(PdfReader(file))
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
    if _is_active(reader):
        raise PdfRefused(
            gettext("This PDF holds a script or starts a program. Save it as a plain PDF.")
        )


def _is_xfa_form(reader: PdfReader) -> bool:
    """Whether only Adobe Reader can show it: others show a “Please wait …” page for XFA forms."""
    root = reader.root_object
    form = root.get("/AcroForm")
    return bool(root.get("/NeedsRendering")) and form is not None and "/XFA" in form.get_object()


def _is_active(reader: PdfReader) -> bool:
    """Whether any object that a viewer can reach holds JavaScript or a launch action."""
    pending: list[object] = [reader.trailer]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            if len(seen) > MOST_OBJECTS:
                raise PdfRefused(TOO_COMPLICATED)
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            if ACTIVE & {*value.keys(), value.get("/S")}:
                return True
            pending.extend(value.values())
        elif isinstance(value, ArrayObject):
            pending.extend(value)
    return False
