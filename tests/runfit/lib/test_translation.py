"""Right-to-left languages."""

import pytest

from assessments.templatetags.languages import direction
from tests.assessments.small import edition_of, small


@pytest.mark.parametrize(
    ("language", "reads"),
    [("en", "ltr"), ("es-MX", "ltr"), ("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("", "ltr")],
)
def test_text_direction_of_each_language(language, reads):
    assert direction(language) == reads


@pytest.mark.django_db
def test_content_and_interface_declare_their_own_language(client):
    edition_of(small(language="ar"))

    for path in ("/", "/check/small/"):
        page = client.get(path).content.decode()
        assert '<html lang="en" dir="ltr">' in page
        assert '<main id="main" lang="ar" dir="rtl">' in page
