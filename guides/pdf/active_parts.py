"""Removes from a PDF whatever does more than show pages: scripts, programs, forms that send, files
inside or elsewhere, sound and film. Text, pictures, structure, bookmarks, and links stay.

What's allowed is listed, and what isn't listed goes: readers run more than any list could name.
"""

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
)

MOST_OBJECTS = 100_000
MOST_BYTES = 300_000_000
"""Of all streams, unpacked."""
MOST_PIXELS = 100_000_000
"""Of one picture."""

CATALOG = frozenset({
    "/AcroForm", "/Dests", "/Lang", "/MarkInfo", "/Metadata", "/Names", "/OCProperties",
    "/Outlines", "/OutputIntents", "/PageLabels", "/PageLayout", "/PageMode", "/Pages",
    "/StructTreeRoot", "/Type", "/Version", "/ViewerPreferences",
})  # fmt: skip
NAMES = frozenset({"/Dests"})
ANNOTATIONS = frozenset({
    "/Caret", "/Circle", "/FreeText", "/Highlight", "/Ink", "/Line", "/Link", "/PolyLine",
    "/Polygon", "/Popup", "/Square", "/Squiggly", "/Stamp", "/StrikeOut", "/Text", "/Underline",
    "/Widget",
})  # fmt: skip
WEB = ("https://", "http://", "mailto:", "tel:")
TURNS = frozenset({"/FirstPage", "/LastPage", "/NextPage", "/PrevPage"})
ANYWHERE = frozenset({
    "/AA", "/AF", "/B", "/EF", "/JS", "/JavaScript", "/OPI", "/OpenAction", "/PA", "/PresSteps",
    "/RichMediaContent", "/RichMediaSettings", "/XFA",
})  # fmt: skip
"""Keys that go from any dictionary: actions by event, scripts, files, forms of Adobe's own."""
OF_STREAMS = frozenset({"/F", "/FDecodeParms", "/FFilter", "/Ref"})
"""Content that stands in another file."""
ACTIONS = frozenset({
    "/GoTo3DView", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie",
    "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState", "/Sound", "/SubmitForm",
    "/Thread", "/Trans",
})  # fmt: skip
"""Actions wherever they stand, should a reader look for them where we don't."""
UNPACKED = frozenset({
    "/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCII85Decode",
    "/A85", "/ASCIIHexDecode", "/AHx",
})  # fmt: skip


def remove_active_parts(reader: PdfReader) -> bool:
    """Removes them from an open PDF, in memory, and returns whether there were any.

    Raises LimitReachedError for a PDF that would fill a reader's memory.
    """
    root = reader.root_object
    names = root.get("/Names")
    found = _keep(root, CATALOG)
    if isinstance(names := _resolved(names), DictionaryObject):
        found |= _keep(names, NAMES)
    for part in parts(root):
        found |= _remove_from(part)
    limits_check(root)
    return found


def parts(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """All dictionaries and streams that a reader can reach. Each is given before what it holds."""
    pending: list[object] = [root]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            if len(seen) > MOST_OBJECTS:
                raise LimitReachedError("too many objects")
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            yield value
            pending.extend(value.values())
        elif isinstance(value, ArrayObject):
            pending.extend(value)


def limits_check(root: DictionaryObject) -> None:
    """Raises LimitReachedError if streams unpack to too much, or a picture is too large."""
    total = 0
    for part in parts(root):
        if isinstance(part, StreamObject):
            total += _unpacked_size(part)
            if total > MOST_BYTES or _pixels(part) > MOST_PIXELS:
                raise LimitReachedError("too much content")


def _remove_from(part: DictionaryObject) -> bool:
    gone = {key for key in ANYWHERE if key in part}
    if isinstance(part, StreamObject):
        gone |= {key for key in OF_STREAMS if key in part}
    gone |= {key for key in ("/A", "/Next", "/Dest") if key in part and _acts(part[key])}
    if "/Annots" in part:
        gone |= _remove_annotations(part)
    if _resolved(part.get("/S")) in ACTIONS:
        gone |= {*part}
    for key in gone:
        part.pop(key, None)
    return bool(gone)


def _acts(value: Any) -> bool:
    """Whether this is an action other than to turn to a page or open a web address.

    `/A` also names the attributes of a structure element, `/Next` the next bookmark: neither has a
    `/S`. A chain of actions is an array.
    """
    action = _resolved(value)
    if isinstance(action, ArrayObject):
        return any(_acts(each) for each in action if isinstance(_resolved(each), DictionaryObject))
    if not isinstance(action, DictionaryObject) or "/S" not in action:
        return False
    match _resolved(action["/S"]):
        case "/GoTo":
            return False
        case "/URI":
            return not str(_resolved(action.get("/URI"))).lower().startswith(WEB)
        case "/Named":
            return _resolved(action.get("/N")) not in TURNS
    return True


def _remove_annotations(page: DictionaryObject) -> set[str]:
    """Keeps links, fields, and marks. Returns the keys to remove from the page."""
    annotations = _resolved(page["/Annots"])
    if not isinstance(annotations, ArrayObject):
        return {"/Annots"}
    kept = [each for each in annotations if _is_plain(_resolved(each))]
    if len(kept) == len(annotations):
        return set()
    page[NameObject("/Annots")] = ArrayObject(kept)
    return {"/RemovedAnnots"}  # no such key, but something is gone


def _is_plain(annotation: Any) -> bool:
    is_dictionary = isinstance(annotation, DictionaryObject)
    return is_dictionary and _resolved(annotation.get("/Subtype")) in ANNOTATIONS


def _keep(part: DictionaryObject, keys: frozenset[str]) -> bool:
    gone = {*part} - keys
    for key in gone:
        del part[key]
    return bool(gone)


def _resolved(value: Any) -> Any:
    """The object behind a reference, or behind a reference to one."""
    for _ in range(8):
        if not isinstance(value, IndirectObject):
            return value
        value = value.get_object()
    return NullObject()


def _filters(stream: StreamObject) -> list[str]:
    names = _resolved(stream.get("/Filter", []))
    return [str(_resolved(name)) for name in (names if isinstance(names, ArrayObject) else [names])]


def _unpacked_size(stream: StreamObject) -> int:
    """Pictures of other kinds (JPEG and the like) are bounded by their pixels."""
    filters = _filters(stream)
    return len(stream.get_data()) if filters and {*filters} <= UNPACKED else 0


def _pixels(stream: StreamObject) -> int:
    width, height = (_resolved(stream.get(key, 0)) for key in ("/Width", "/Height"))
    return int(width) * int(height)
