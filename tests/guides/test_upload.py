import io

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from guides import upload
from guides.upload import Refused, pdf_check


def writer(pages: int = 1) -> PdfWriter:
    made = PdfWriter()
    for _ in range(pages):
        made.add_blank_page(100, 100)
    return made


def file_of(made: PdfWriter) -> io.BytesIO:
    file = io.BytesIO()
    made.write(file)
    return file


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(Refused) as caught:
        pdf_check(file, len(file.getvalue()))
    return str(caught.value)


def test_a_plain_pdf_is_taken_and_can_be_read_from_its_start() -> None:
    file = file_of(writer())

    pdf_check(file, len(file.getvalue()))

    assert file.tell() == 0


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"PK\x03\x04", b"%PD"])
def test_what_is_no_pdf_is_refused_whatever_its_name(content: bytes) -> None:
    assert refusal(io.BytesIO(content)) == (
        "This is not a PDF. Save your guide as PDF and try again."
    )


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF"])
def test_a_damaged_pdf_is_refused(content: bytes) -> None:
    assert refusal(io.BytesIO(content)) == ("This PDF is damaged and cannot be read. Save it anew.")


def test_half_a_pdf_is_refused() -> None:
    content = file_of(writer()).getvalue()

    assert refusal(io.BytesIO(content[: len(content) // 2])) == (
        "This PDF is damaged and cannot be read. Save it anew."
    )


def test_a_protected_pdf_is_refused() -> None:
    made = writer()
    made.encrypt("secret")

    assert refusal(file_of(made)) == (
        "This PDF is protected by a password. Save it without protection."
    )


def test_a_pdf_without_pages_is_refused() -> None:
    assert refusal(file_of(writer(pages=0))) == "This PDF has no pages."


def test_a_book_is_refused() -> None:
    assert refusal(file_of(writer(pages=81))) == (
        "This PDF has 81 pages. A guide may have up to 80."
    )


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Refused, match="larger than 10 MB"):
        pdf_check(io.BytesIO(), upload.LARGEST + 1)


def test_a_pdf_of_endless_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_OBJECTS", 3)

    assert refusal(file_of(writer(pages=5))) == (
        "This PDF is too complicated. Print it to a new PDF."
    )


def test_a_script_is_refused() -> None:
    made = writer()
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    action = DictionaryObject({NameObject(key): value for key, value in script.items()})
    made.root_object[NameObject("/OpenAction")] = made._add_object(action)

    assert refusal(file_of(made)) == (
        "This PDF holds a script or starts a program. Save it as a plain PDF."
    )


def test_a_launch_action_deep_in_a_page_is_refused() -> None:
    made = writer()
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    annotation = DictionaryObject({NameObject("/A"): made._add_object(action)})
    made.pages[0][NameObject("/Annots")] = ArrayObject([made._add_object(annotation)])

    assert refusal(file_of(made)) == (
        "This PDF holds a script or starts a program. Save it as a plain PDF."
    )
