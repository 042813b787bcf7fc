"""Checks an uploaded guide by what is in it, whatever its name says."""

from typing import IO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

LARGEST = 10 * 1024 * 1024
MOST_PAGES = 80
MOST_OBJECTS = 100_000
ACTIVE = {"/JS", "/JavaScript", "/Launch"}


class Refused(Exception):  # noqa: N818 - it is a refusal, and says why
    """Why a file cannot be the guide, in the PT's words."""


def pdf_check(file: IO[bytes], size: int) -> None:
    """Raises Refused unless the file is a plain PDF that any runner can open."""
    if size > LARGEST:
        raise Refused(f"This file is larger than {LARGEST // 1024 // 1024} MB. Make it smaller.")
    file.seek(0)
    if file.read(5) != b"%PDF-":
        raise Refused("This is not a PDF. Save your guide as PDF and try again.")
    try:
        _content_check(PdfReader(file))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("This PDF is damaged and cannot be read. Save it anew.") from error
    finally:
        file.seek(0)


def _content_check(reader: PdfReader) -> None:
    if reader.is_encrypted:
        raise Refused("This PDF is protected by a password. Save it without protection.")
    pages = len(reader.pages)
    if pages == 0:
        raise Refused("This PDF has no pages.")
    if pages > MOST_PAGES:
        raise Refused(f"This PDF has {pages} pages. A guide may have up to {MOST_PAGES}.")
    if _is_active(reader):
        raise Refused("This PDF holds a script or starts a program. Save it as a plain PDF.")


def _is_active(reader: PdfReader) -> bool:
    """Whether any object that a viewer can reach holds JavaScript or a launch action."""
    waiting: list[object] = [reader.trailer]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            if len(seen) > MOST_OBJECTS:
                raise Refused("This PDF is too complicated. Print it to a new PDF.")
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            if ACTIVE & {*value.keys(), value.get("/S")}:
                return True
            waiting.extend(value.values())
        elif isinstance(value, ArrayObject):
            waiting.extend(value)
    return False
