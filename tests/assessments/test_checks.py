"""What `manage.py check --database default` says about a site's self-checks."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from assessments.models import Edition
from tests.assessments.factories import AssessmentFactory, EditionFactory

pytestmark = pytest.mark.django_db


def found(databases=("default",)):
    messages = run_checks(tags=["database"], databases=databases)
    return [message.id for message in messages if message.id.startswith("assessments.")]


def test_a_default_that_is_published_is_fine(settings):
    settings.DEFAULT_CHECK = EditionFactory().assessment.slug

    assert found() == []


def test_no_default_is_fine():
    assert found() == []


def test_a_default_that_is_not_published_is_told(settings):
    settings.DEFAULT_CHECK = AssessmentFactory().slug

    assert found() == ["assessments.W001"]


def test_an_edition_that_cannot_be_read_is_told():
    EditionFactory()
    broken, alien = EditionFactory(), EditionFactory()
    Edition.objects.filter(pk=broken.pk).update(definition="{")
    Edition.objects.filter(pk=alien.pk).update(definition='{"slug": "alien"}')

    assert found() == ["assessments.W002", "assessments.W002"]


def test_a_check_without_a_database_asks_none(settings, django_assert_num_queries):
    settings.DEFAULT_CHECK = "made-up"

    with django_assert_num_queries(0):
        assert found(databases=None) == []


@pytest.mark.parametrize("table", ["assessments_assessment", "assessments_edition"])
def test_nothing_is_told_while_a_migration_is_still_to_come(settings, table):
    settings.DEFAULT_CHECK = "made-up"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")

    assert found() == []
