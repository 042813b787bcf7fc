"""A guide that can be published, with one email."""

import pytest

from guides.models import Guide
from tests.assessments.factories import ProfileFactory
from tests.guides.factories import GuideFactory, PlanStepFactory, SharedRulesFactory


@pytest.fixture
def guide(db: None) -> Guide:
    SharedRulesFactory()
    guide: Guide = GuideFactory(title="Strong hips")
    PlanStepFactory(block__plan__profile=ProfileFactory(assessment=guide.assessment))
    return guide
