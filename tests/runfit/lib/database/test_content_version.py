"""The version of everything that the PT writes."""

import pytest
from django.db import models

from assessments.models import Condition, Edition
from guides.models import Exercise, Guide
from runfit.lib.database.content_version import _models, cached_of_content, content_version
from runfit.lib.models import columns
from tests.guides.factories import ExerciseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_content")]


def changed(model):
    """Changes one text of one row, as a statement that no signal tells of; or deletes one."""
    row = model.objects.order_by("pk").first()
    texts = [
        field.name
        for field in columns(model)
        if isinstance(field, models.TextField | models.CharField) and not field.choices
    ]
    same = model.objects.filter(pk=row.pk)
    if texts and model is not Condition:  # its one text goes with its kind
        same.update(**{texts[0]: f"!{getattr(row, texts[0])[1:]}"})
    else:
        same.delete()


def test_it_stays_while_nothing_changes():
    assert content_version() == content_version()


def test_every_change_of_a_row_makes_another_one():
    with_rows = [model for model in _models() if model.objects.exists()]
    found = {content_version()}
    for model in with_rows:
        changed(model)

        assert content_version() not in found, model
        found.add(content_version())
    assert len(with_rows) > 20


def test_a_row_more_and_a_row_less_make_another_one():
    found = [content_version()]
    ExerciseFactory.create(key="march")
    found.append(content_version())
    Exercise.objects.filter(key="march").delete()

    assert found[0] == content_version() != found[1]


def test_a_signature_makes_another_one():
    before = content_version()
    Edition.objects.update(reviewed_by="Dr. Hill")

    assert content_version() != before


def test_what_is_read_while_content_changes_is_not_kept():
    def read_slowly():
        Guide.objects.update(title="Better")
        return "Better"

    title = Guide.objects.get().title
    before = content_version()
    cached_of_content(before, "title", read_slowly)
    Guide.objects.update(title=title)

    assert content_version() == before
    assert cached_of_content(before, "title", lambda: "read again") == "read again"
