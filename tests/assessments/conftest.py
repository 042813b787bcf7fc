"""Fixtures for published self-checks."""

import json
from pathlib import Path

import pytest

from assessments.models import Assessment
from assessments.publishing.services import assessment_load
from tests.assessments.small import small

CONTENT = Path(__file__).resolve().parents[2] / "content" / "tight-hips.json"


@pytest.fixture
def tight_hips(db: None) -> Assessment:
    """The default self-check."""
    return assessment_load(data=json.loads(CONTENT.read_text(encoding="utf-8"))).assessment


@pytest.fixture
def draft(db: None) -> Assessment:
    """A small self-check to edit."""
    return assessment_load(data=small()).assessment
