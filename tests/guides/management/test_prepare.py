"""Startup loads default content once, and works whatever the PT did to it."""

import io
import json
import subprocess
import sys
from contextlib import ExitStack
from importlib import import_module
from itertools import chain

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError, RestrictedError

from assessments.models import Assessment, Edition, Practice, Profile, Question
from assessments.publishing.services import assessment_load
from guides.management.commands.prepare import Command
from guides.management.locks import folder_lock
from guides.models import (
    Exercise,
    Guide,
    GuideEdition,
    LoadedContent,
    Plan,
    PlanBlock,
    PlanStep,
    SharedRules,
)
from tests.guides import samples

pytestmark = pytest.mark.django_db

CONTENT = sorted(samples.CONTENT.glob("*.json"))
RECORD = {"auditlog", "admin", "sessions", "accounts", "auth", "contenttypes", "sites"}


def prepare() -> str:
    """Runs the command; returns its errors."""
    errors = io.StringIO()
    call_command("prepare", stdout=io.StringIO(), stderr=errors)
    return errors.getvalue()


def stored() -> list[str]:
    """All content rows, serialized."""
    models = [model for model in apps.get_models() if model._meta.app_label not in RECORD]
    rows = chain.from_iterable(model._base_manager.order_by("pk") for model in models)
    return [serializers.serialize("json", [row]) for row in rows]


def a_copy(slug: str = "tight-hips-copy") -> Assessment:
    """The default self-check loaded again under another slug."""
    data = json.loads((samples.CONTENT / "tight-hips.json").read_text(encoding="utf-8"))
    return assessment_load(data={**data, "slug": slug, "title": "A copy"}).assessment


def delete_all(*models):
    for model in models:
        for row in model.objects.all():
            try:
                row.delete()
            except (ProtectedError, RestrictedError):
                continue  # as in the desk


def delete_everything() -> None:
    GuideEdition.objects.all().delete()
    Edition.objects.all().delete()
    delete_all(PlanStep, PlanBlock, Plan, Guide, Exercise, SharedRules, Assessment, Practice)


def give_the_plans_to_the_copy() -> None:
    own = {profile.key: profile for profile in a_copy().profiles.all()}
    for plan in Plan.objects.select_related("profile"):
        plan.profile = own[plan.profile.key]
        plan.save()


CHANGES = {
    "load a copy": a_copy,
    "give the plans to a copy": give_the_plans_to_the_copy,
    "put the plans aside": lambda: Plan.objects.update(profile=None),
    "delete the plans": lambda: delete_all(Plan),
    "delete an exercise": lambda: delete_all(PlanStep, Exercise),
    "delete the shared rules": lambda: delete_all(SharedRules),
    "delete a result type": lambda: Profile.objects.filter(key="fresh_load").delete(),
    "delete every question": lambda: delete_all(Question),
    "delete the guide": lambda: (GuideEdition.objects.all().delete(), delete_all(Guide)),
    "delete the practice": lambda: delete_all(Practice),
    "delete all there is": delete_everything,
    "empty the titles": lambda: (
        Assessment.objects.update(title=""),
        Guide.objects.update(title="", introduction=""),
        Exercise.objects.update(name="", steps=""),
        Profile.objects.update(title=""),
    ),
    "rename the slugs": lambda: (
        Assessment.objects.update(slug="another"),
        Guide.objects.update(slug="other-guide"),
    ),
    "rename the keys": lambda: (
        Profile.objects.filter(key="fresh_load").update(key="renamed"),
        Exercise.objects.filter(key="m1").update(key="renamed"),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_restart_keeps_whatever_the_pt_changed(default_content, client, change):
    change()
    before = stored()

    call_command("content_load", *map(str, CONTENT), once=True, verbosity=0)

    assert stored() == before
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("change", [a_copy, delete_everything])
def test_prepare_succeeds_after_changes(default_content, client, change):
    change()
    before = stored()

    errors = prepare()

    assert errors == ""
    assert stored() == before
    assert client.get("/").status_code == 200


def test_default_content_is_loaded_once():
    assert prepare() == ""

    assert sorted(content.name for content in LoadedContent.objects.all()) == [
        "assessment tight-hips",
        "exercises",
        "guide strength-guide",
    ]
    assert Plan.objects.count() == 6


def test_check_says_what_is_left_and_changes_nothing(default_content, settings, tmp_path):
    settings.CONTENT_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    data = json.loads((samples.CONTENT / "tight-hips.json").read_text(encoding="utf-8"))
    (tmp_path / "new.json").write_text(json.dumps({**data, "slug": "new"}))
    before, told = stored(), io.StringIO()

    call_command("prepare", check=True, stdout=told)

    *lines, static = told.getvalue().splitlines()
    assert lines == ["· Would load new.json", "· Would make the first admin"]
    assert static == "· Would collect static files"
    assert stored() == before
    assert not settings.STATIC_ROOT.exists()


def test_check_says_that_an_empty_database_gets_everything(tmp_path):
    told = subprocess.run(
        [sys.executable, "manage.py", "prepare", "--check"],
        cwd=settings.BASE_DIR,
        env={"VAR_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    first, _static = told.stdout.splitlines()
    assert first == "· Would make the tables, load the default content, and make the first admin"
    assert not [*tmp_path.rglob("*.sqlite3")]


def test_static_files_of_an_image_are_left_alone(default_content, settings, tmp_path):
    settings.STATIC_ROOT, settings.STATIC_BUILT = tmp_path / "static", True
    told = io.StringIO()

    call_command("prepare", check=True, stdout=told)
    prepare()

    assert "static files" not in told.getvalue()
    assert not settings.STATIC_ROOT.exists()


def test_second_prepare_waits_for_the_first_and_ends_well(default_content, settings, monkeypatch):
    waited = []
    with ExitStack() as first:
        first.enter_context(folder_lock(settings.VAR_DIR / "prepare.lock", waiting=pytest.fail))
        monkeypatch.setattr(Command, "_wait", lambda self: (waited.append(self), first.close()))

        assert prepare() == ""

    assert len(waited) == 1


@pytest.mark.parametrize(("site", "is_told"), [("http://a.org", True), ("http://localhost", False)])
def test_prepare_prints_the_checks_of_a_site_for_others(default_content, settings, site, is_told):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, ["*"]
    told = io.StringIO()

    call_command("prepare", stdout=told)

    assert ("guides.W005: ALLOWED_HOSTS has *" in told.getvalue()) is is_told


def test_unreachable_folder_is_told_in_one_line(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.VAR_DIR = tmp_path / "file" / "var"

    with pytest.raises(CommandError, match="where RunFit can't write: Not a directory"):
        prepare()


def test_conflicting_content_is_reported_and_the_site_starts(client):
    """The PT's own self-check has the default one's slug before the first start."""
    data = json.loads((samples.CONTENT / "tight-hips.json").read_text(encoding="utf-8"))
    taken = assessment_load(data=data).assessment
    taken.profiles.all().delete()

    errors = prepare()

    assert "no result type has this key" in errors
    assert errors.endswith("files could not be loaded. The site starts without them.\n")
    assert client.get("/").status_code == 200


def test_plans_go_to_their_own_self_check_despite_a_copy():
    a_copy("a-copy")

    assert prepare() == ""

    plans = Plan.objects.values_list("profile__assessment__slug", flat=True)
    assert set(plans) == {"tight-hips"}


def test_migration_marks_existing_content_as_loaded(default_content):
    migration = import_module("guides.migrations.0011_loaded_content")
    LoadedContent.objects.all().delete()
    a_copy()
    delete_all(PlanStep, Exercise)

    migration.note_what_is_there(apps, None)

    before = stored()
    call_command("content_load", *map(str, CONTENT), once=True, verbosity=0)
    assert stored() == before


def test_migration_marks_nothing_on_a_new_site():
    import_module("guides.migrations.0011_loaded_content").note_what_is_there(apps, None)

    assert not LoadedContent.objects.exists()


def test_content_load_without_once_loads_again(default_content):
    delete_all(PlanStep, Exercise)

    call_command("content_load", *map(str, CONTENT), verbosity=0)

    assert Exercise.objects.count() == 24
