"""A guide looks as it did when somebody last looked at it."""

from PIL import Image, ImageChops

from tests.guides import looks

ALIKE = 24  # of 255: no letter that moved by a hair, but any that is gone


def test_the_pages_look_as_they_did() -> None:
    pages = list(looks.pages(looks.guide()))

    apart = [looks.difference(*pair) for pair in zip(pages, looks.kept(), strict=True)]

    assert [number for number, most in enumerate(apart, start=1) if most > ALIKE] == []


def test_a_broken_page_is_seen() -> None:
    whole = looks.kept()
    shifted = [ImageChops.offset(page, 4, 0) for page in whole]
    blank = [Image.new("L", page.size, 255) for page in whole]
    *_, without_pictures, _, _, _, _ = looks.pages(looks.guide(pictures={}))

    broken = [*zip(whole, shifted, strict=True), *zip(whole, blank, strict=True)]
    assert min(looks.difference(*pair) for pair in broken) > ALIKE
    assert looks.difference(whole[4], without_pictures) > ALIKE
