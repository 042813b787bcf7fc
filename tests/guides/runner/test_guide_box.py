"""The guide on a result page."""

import pytest
from django.utils import translation

from assessments.models import Edition, Submission
from guides.runner.request_views import guide_box

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("guide_edition")
def test_preview_of_a_result_offers_the_guide_in_its_language(rf, submission):
    preview = Submission(
        token="preview",
        edition=Edition(assessment=submission.edition.assessment, number=0),
        answers=submission.answers,
        safety=[],
        result=submission.result,
        profile=submission.profile,
    )

    with translation.override("es"):
        box = guide_box(rf.get("/"), preview)

    assert '/result/preview/guide/"' in box["guide_form"]
    assert "correo" in box["guide_form"]
