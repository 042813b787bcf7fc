"""A guide looks as it did when somebody last looked at it."""

from PIL import Image, ImageChops

from tests.guides.pdf import page_images

ALIKE = 24  # of 255: no letter that moved by a hair, but any that is gone


def test_pages_match_stored_images() -> None:
    pages = list(page_images.pages(page_images.guide()))

    apart = [page_images.difference(*pair) for pair in zip(pages, page_images.kept(), strict=True)]

    assert [number for number, most in enumerate(apart, start=1) if most > ALIKE] == []


def test_comparison_detects_broken_pages() -> None:
    whole = page_images.kept()
    shifted = [ImageChops.offset(page, 4, 0) for page in whole]
    blank = [Image.new("L", page.size, 255) for page in whole]
    *_, without_pictures, _, _, _, _ = page_images.pages(page_images.guide(pictures={}))

    broken = [*zip(whole, shifted, strict=True), *zip(whole, blank, strict=True)]
    assert min(page_images.difference(*pair) for pair in broken) > ALIKE
    assert page_images.difference(whole[4], without_pictures) > ALIKE
