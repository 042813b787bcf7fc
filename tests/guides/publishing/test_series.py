"""The series of a guide, through its file and back."""

import pytest

from guides.publishing import row_mapping
from guides.publishing.draft_data import guide_with_parts
from guides.publishing.services import guide_words_replace
from tests.guides.factories import GuideFactory

EMAIL = {
    "subject": "Hello from {practice}",
    "preview": "You asked for this.",
    "button": "Open it",
}


@pytest.mark.django_db
def test_words_of_a_file_replace_the_series_and_come_back() -> None:
    guide = GuideFactory.create()
    words = row_mapping.guide_data(guide_with_parts(pk=guide.pk))
    assert "series" not in words["emails"]
    series = [{**EMAIL, "body": ["Day {days}.", "Go."], "days": day} for day in (3, 10)]

    for emails in ({"series": series}, {"series": series[:1]}, {}):
        guide_words_replace(guide, {**words, "emails": {**words["emails"], **emails}})

        after = row_mapping.guide_data(guide_with_parts(pk=guide.pk))["emails"]
        assert after == {**words["emails"], **emails}
