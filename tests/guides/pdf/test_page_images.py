"""Visual regression tests of the PDF."""

from PIL import Image, ImageChops

from tests.guides.pdf import page_images

TOLERANCE = 24  # of 255: ignores a shifted letter, notices a missing one


def test_pages_match_stored_images() -> None:
    pages = list(page_images.pages(page_images.guide()))

    differences = [
        page_images.difference(*pair) for pair in zip(pages, page_images.stored(), strict=True)
    ]

    assert [number for number, most in enumerate(differences, start=1) if most > TOLERANCE] == []


def test_comparison_detects_broken_pages() -> None:
    whole = page_images.stored()
    shifted = [ImageChops.offset(page, 4, 0) for page in whole]
    blank = [Image.new("L", page.size, 255) for page in whole]
    without_pictures = [*page_images.pages(page_images.guide(pictures={}))][2]

    broken = [*zip(whole, shifted, strict=True), *zip(whole, blank, strict=True)]
    assert min(page_images.difference(*pair) for pair in broken) > TOLERANCE
    assert page_images.difference(whole[2], without_pictures) > TOLERANCE
