"""System checks of `manage.py check --database default`."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from assessments.checks import erasure_list_can_be_written
from assessments.models import Edition
from tests.assessments.factories import AssessmentFactory, EditionFactory

pytestmark = pytest.mark.django_db


def check_ids(databases=("default",)):
    messages = run_checks(
        tags=["database", "servers"], databases=databases, include_deployment_checks=True
    )
    return [message.id for message in messages if message.id.startswith("assessments.")]


def test_published_default_passes(settings):
    settings.DEFAULT_CHECK = EditionFactory().assessment.slug

    assert check_ids() == []


def test_no_default_passes():
    assert check_ids() == []


def test_unpublished_default_warns(settings):
    settings.DEFAULT_CHECK = AssessmentFactory().slug

    assert check_ids() == ["assessments.W001"]


def test_unreadable_edition_warns():
    EditionFactory()
    broken, alien = EditionFactory(), EditionFactory()
    Edition.objects.filter(pk=broken.pk).update(definition="{")
    Edition.objects.filter(pk=alien.pk).update(definition='{"slug": "alien"}')

    assert check_ids() == ["assessments.W002", "assessments.W002"]


def test_check_without_a_database_runs_no_queries(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert run_checks(tags=["database"], databases=None) == []


@pytest.mark.parametrize("table", ["assessments_assessment", "assessments_edition"])
def test_missing_tables_are_ignored(settings, table):
    settings.DEFAULT_CHECK = "made-up"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")

    assert check_ids() == []


@pytest.mark.parametrize(("exists", "found"), [(True, []), (False, ["assessments.E001"])])
def test_folder_of_the_erasure_list_must_be_writable(settings, tmp_path, exists, found):
    settings.ERASURE_LIST = (tmp_path if exists else tmp_path / "none") / "erasures.txt"

    assert [message.id for message in erasure_list_can_be_written()] == found
