import base64
import io

import pypdfium2
import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    TextStringObject,
)

from guides.pdf import upload
from guides.pdf.upload import PdfRefused, pdf_check

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


def accept(content: bytes) -> None:
    """Asserts that the PDF is accepted and that a reader opens it."""
    pdf_check(io.BytesIO(content), len(content))
    with pypdfium2.PdfDocument(content) as opened:
        assert len(opened) == 1


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(PdfRefused) as caught:
        pdf_check(file, len(file.getvalue()))
    return str(caught.value)


def test_plain_pdf_is_accepted_and_rewound() -> None:
    file = file_of(writer())

    pdf_check(file, len(file.getvalue()))

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


def test_script_in_encrypted_pdf_is_found() -> None:
    pdf = with_script()
    pdf.encrypt("", "owner", algorithm="AES-256")

    assert refusal(file_of(pdf)).startswith("This PDF holds a script")


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
        pdf_check(io.BytesIO(), upload.LARGEST + 1)


def test_pdf_with_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_OBJECTS", 3)

    assert refusal(file_of(writer(pages=5))) == (
        "This PDF is too complicated. Print it to a new PDF."
    )


def with_script() -> PdfWriter:
    pdf = writer()
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    action = DictionaryObject({NameObject(key): value for key, value in script.items()})
    pdf.root_object[NameObject("/OpenAction")] = pdf._add_object(action)
    return pdf


def test_a_script_is_refused() -> None:
    assert refusal(file_of(with_script())) == (
        "This PDF holds a script or starts a program. Save it as a plain PDF."
    )


def test_launch_action_is_refused() -> None:
    pdf = writer()
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    annotation = DictionaryObject({NameObject("/A"): pdf._add_object(action)})
    pdf.pages[0][NameObject("/Annots")] = ArrayObject([pdf._add_object(annotation)])

    assert refusal(file_of(pdf)) == (
        "This PDF holds a script or starts a program. Save it as a plain PDF."
    )
