"""Taking over a new edition of the default content, and putting back what was there."""

import json
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from assessments.models import Assessment, Dimension, Edition, Profile, Question
from assessments.publishing.drafts import assessment_export
from assessments.publishing.services import assessment_check
from guides.default_content.offers import Offer, offer_waits
from guides.default_content.services import (
    TakeOverRefused,
    default_content_put_away,
    default_content_put_back,
    default_content_take,
    pictures_to_put_back,
    put_back_changes,
    take_over_latest,
)
from guides.models import (
    Exercise,
    ExercisePicture,
    Guide,
    GuideEdition,
    LoadedContent,
    Plan,
    PlanStep,
    SharedRules,
    TakeOver,
)
from guides.publishing.library import library_export
from guides.publishing.services import content_export, guide_export, guide_overview
from tests.assessments.factories import (
    ChoiceFactory,
    FaqFactory,
    PointsFactory,
    QuestionFactory,
)
from tests.guides import samples
from tests.guides.default_content.test_parts import ids
from tests.guides.default_content.test_references import rename
from tests.guides.factories import ExerciseFactory, ExercisePictureFactory, PlanStepFactory
from tests.guides.shipped import DRAWING, Shipped
from tests.support.first_edition import FOLDER

ALL = [
    "safety", "questions", "areas", "results", "advice", "faq", "why", "texts", "rules",
    "exercise:march", "exercise:bridge", "plan:stiff", "guide", "emails",
]  # fmt: skip


def parts() -> list[str]:
    return [str(part.id) for part in Offer().parts]


def take(*texts: str) -> set[str]:
    taken = default_content_take(chosen=ids(*texts), by="pt")
    return {str(part) for part in taken.parts}


def take_whole() -> tuple[str, ...]:
    return default_content_take(chosen=None, by="pt").kept


def drafts() -> list[str]:
    """The drafts as their files."""
    return [assessment_export(slug="small"), library_export(), guide_export(slug="small-guide")]


def put_back() -> None:
    latest = take_over_latest()
    assert latest is not None
    default_content_put_back(step=latest)


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        return bytes(file.read())


def own_question(**fields: Any) -> Any:
    question = QuestionFactory(assessment=Assessment.objects.get(), **fields)
    ChoiceFactory(question=question)
    return question


def own_marks() -> list[str]:
    return [str(line) for part in Offer().parts for line in part.own]


def test_the_edition_that_was_loaded_is_not_offered(shipped: Shipped) -> None:
    assert not offer_waits()
    assert parts() == []
    assert [bool(row.taken and row.base) for row in LoadedContent.objects.all()] == [True] * 3


def test_a_start_with_a_new_edition_leaves_the_drafts_alone(second: Shipped) -> None:
    before = drafts()

    second.load()

    assert drafts() == before
    assert offer_waits()
    assert parts() == ALL
    assert own_marks() == []


def test_another_layout_of_a_file_is_no_new_edition(shipped: Shipped) -> None:
    path = shipped.folder / "check.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4))

    assert not offer_waits()


def test_content_from_elsewhere_is_not_offered(second: Shipped, tmp_path: Path) -> None:
    LoadedContent.objects.all().delete()
    GuideEdition.objects.all().delete()
    Guide.objects.all().delete()
    Edition.objects.all().delete()
    Assessment.objects.all().delete()
    file = tmp_path / "own.json"
    file.write_text(json.dumps(second.check | {"title": "My own"}))

    call_command("content_load", str(file), verbosity=0)

    assert LoadedContent.objects.get().taken == ""
    assert not offer_waits()
    assert parts() == []


def test_all_of_it_replaces_the_drafts(second: Shipped) -> None:
    own_question()
    ExerciseFactory(key="own", order=99)
    Question.objects.filter(key="pain").update(text="Mine?")
    Guide.objects.update(title="My guide")

    assert take_whole() == ()

    assert not offer_waits()
    assert (Offer().parts, Offer().whole) == ([], [])
    assert list(Exercise.objects.values_list("key", flat=True)) == ["rock", "march", "bridge"]
    assert [each.title for each in Guide.objects.all()] == ["A small guide"]
    assert [edition.number for edition in Edition.objects.all()] == [1]
    found = assessment_check(assessment=Assessment.objects.get())
    assert [finding.code for finding in found] == ["plan_missing"]


def test_what_goes_is_told_before(second: Shipped) -> None:
    own_question(text="Mine?")
    ExerciseFactory(name="My move")
    Question.objects.filter(key="touch").update(help="My help.")

    own = [(str(line), line.own) for part in Offer().whole for line in part.own]

    assert own == [
        (
            "Question “How far do you reach?”, the help line: “My help.” becomes “Warm up first.”.",
            "You changed this.",
        ),
        ("Question “Mine?” is removed.", "You added this."),
        ("Exercise “My move” is removed.", "You added this."),
    ]


def test_parts_keep_what_the_pt_added(second: Shipped) -> None:
    own_question(key="own", position=1)
    ExerciseFactory(key="own", order=99)
    FaqFactory(assessment=Assessment.objects.get(), key="own")

    assert take("questions", "faq", "exercise:march") == {"questions", "faq", "exercise:march"}

    data = json.loads(drafts()[0]) | json.loads(drafts()[1])
    assert [each["key"] for each in data["questions"]] == [
        "touch", "own", "pain", "lifts", "bridge", "plank",
    ]  # fmt: skip
    assert [each["key"] for each in data["faq"]] == ["run", "time", "own"]
    assert [each["id"] for each in data["exercises"]] == ["rock", "march", "bridge", "own"]
    assert data["minutes"] == 2
    assert parts() == [part for part in ALL if part not in {"questions", "faq", "exercise:march"}]
    assert offer_waits()


def test_parts_that_need_others_bring_them(second: Shipped) -> None:
    assert take("plan:stiff") == {"plan:stiff", "exercise:march"}
    assert PlanStep.objects.get(exercise__key="march").block.plan.profile.key == "stiff"


def test_every_part_alone_adds_up_to_all_of_it(second: Shipped) -> None:
    for part in ALL:
        take(part)

    assert parts() == []
    assert not offer_waits()
    assert own_marks() == []


def test_marks_end_once_a_part_is_taken_over(second: Shipped) -> None:
    Question.objects.filter(key="touch").update(text="Mine?")
    Exercise.objects.filter(key="bridge").update(steps="Mine.")
    assert len(own_marks()) == 2

    take("questions", "exercise:bridge")

    assert own_marks() == []
    Question.objects.filter(key="touch").update(text="Mine again?")
    [part] = [part for part in Offer().parts if part.own]
    assert (str(part.id), part.is_new) == ("questions", False)


def test_own_changes_alone_are_no_news(shipped: Shipped) -> None:
    Question.objects.filter(key="touch").update(text="Mine?")
    shipped.check["minutes"] = 3
    shipped.write()

    assert [(str(part.id), part.is_new) for part in Offer().parts] == [
        ("questions", False), ("texts", True),
    ]  # fmt: skip
    take("texts")
    assert not offer_waits()


def test_own_additions_that_use_what_goes_are_an_obstacle(shipped: Shipped) -> None:
    own = QuestionFactory(assessment=Assessment.objects.get(), text="Sore?")
    choice = ChoiceFactory(question=own)
    PointsFactory(choice=choice, dimension=Dimension.objects.get(key="reach"))
    rename(shipped.check, "reach", "legs")
    shipped.write()
    before = drafts()

    with pytest.raises(TakeOverRefused) as refused:
        take("areas")

    assert refused.value.obstacles == (
        "The question “Sore?” uses the score area “Reach”, which goes.",
    )
    assert drafts() == before
    assert not TakeOver.objects.exists()
    take_whole()
    assert parts() == []


def test_the_secret_and_the_own_pdf_stay(second: Shipped) -> None:
    Guide.objects.update(secret_text="My secret.", upload="guides/uploads/mine.pdf")
    second.guide["secret"] = {"title": "T", "text": "[To fill in: it]", "invitation": "I"}
    second.write()

    take_whole()

    guide = Guide.objects.get()
    assert (guide.secret_title, guide.secret_text) == ("A secret", "My secret.")
    assert guide.upload.name == "guides/uploads/mine.pdf"


def test_a_secret_that_is_not_written_yet_is_replaced(second: Shipped) -> None:
    Guide.objects.update(secret_text="[To fill in]")
    second.guide["secret"] = {"title": "T", "text": "[To fill in: it]", "invitation": "I"}
    second.write()

    take("guide")

    assert Guide.objects.get().secret_text == "[To fill in: it]"


def test_new_drawings_are_stored_beside_those_of_live_guides(second: Shipped) -> None:
    live = json.loads(GuideEdition.objects.get().content)["exercises"][1]["picture"]["file"]

    take("exercise:bridge")

    name = ExercisePicture.objects.get(exercise__key="bridge").picture.name
    assert name != live
    assert b"H12" in stored(name)
    assert b"H9" in stored(live)
    assert "exercise:bridge" not in parts()


def test_exercises_in_other_plans_stay(second: Shipped) -> None:
    own = ExerciseFactory(name="My move")
    PlanStepFactory(block__plan__profile=None, exercise=own)
    ExerciseFactory(name="Unused")

    assert take_whole() == ("My move",)

    assert not Exercise.objects.filter(name="Unused").exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_there_can_be_put_back(second: Shipped) -> None:
    own_question()
    ExerciseFactory(key="own")
    rock = Exercise.objects.get(key="rock")
    ExercisePictureFactory(exercise=rock, picture="pictures/own.svg", alt="Mine")
    default_storage.save("pictures/own.svg", ContentFile(DRAWING.format(3)))
    second.exercise("rock")["picture"] = {"file": "pictures/bridge.svg", "alt": "A rock"}
    second.write()
    before, offered = drafts(), parts()
    keys = dict(Profile.objects.values_list("key", "pk"))

    take_whole()
    assert drafts() != before
    assert pictures_to_put_back("pictures/own.svg")
    put_back()

    assert drafts() == before
    assert parts() == offered
    assert offer_waits()
    assert dict(Profile.objects.values_list("key", "pk")) == keys
    assert default_storage.exists("pictures/own.svg")
    assert not TakeOver.objects.exists()


def test_putting_back_attaches_plans_that_were_put_aside(shipped: Shipped) -> None:
    del shipped.check["profiles"][0]
    shipped.library["plans"] = {}
    shipped.write()
    before = drafts()

    take("results")
    assert Plan.objects.get().profile is None
    put_back()

    assert drafts() == before
    assert Plan.objects.count() == 1


def test_putting_back_says_what_changes(second: Shipped) -> None:
    take("faq", "exercise:bridge")

    latest = take_over_latest()
    assert latest is not None
    assert latest.parts.splitlines() == ["Questions that runners ask", "Bridge"]
    assert [str(line) for line in put_back_changes(latest)] == [
        "Question runners ask “Can I run?”, answer: “Yes, slowly.” becomes “Yes.”.",
        "Exercise “Bridge”, steps: “Lift. / Lower.” becomes “Lift your hips. / Lower them.”.",
        "Exercise “Bridge”, picture, the drawing: yours becomes the one before.",
    ]


def test_an_incomplete_draft_is_put_back_too(second: Shipped) -> None:
    Exercise.objects.filter(key="rock").update(steps="", name="")
    Guide.objects.update(introduction="")
    Guide.objects.get().phases.all().delete()
    Question.objects.get(key="pain").bands.all().delete()
    before = Offer().sources.mine

    take_whole()
    put_back()

    assert Offer().sources.mine == before


def test_put_away_until_the_next_edition(second: Shipped) -> None:
    default_content_put_away()

    assert not offer_waits()
    assert parts() == ALL
    second.check["minutes"] = 4
    second.write()
    assert offer_waits()


@pytest.mark.parametrize("gone", ["check", "guide", "library"])
def test_what_was_deleted_is_not_offered(second: Shipped, gone: str) -> None:
    GuideEdition.objects.all().delete()
    Edition.objects.all().delete()
    if gone == "library":
        Plan.objects.all().delete()
        Exercise.objects.all().delete()
        SharedRules.objects.all().delete()
    else:
        Guide.objects.all().delete()
    if gone == "check":
        Assessment.objects.all().delete()

    take_whole()

    assert parts() == []
    assert not offer_waits()
    if gone == "library":
        assert not Exercise.objects.exists()


def test_nothing_is_offered_once_everything_is_deleted(second: Shipped) -> None:
    GuideEdition.objects.all().delete()
    Edition.objects.all().delete()
    for model in (Guide, Plan, Exercise, SharedRules, Assessment):
        model.objects.all().delete()

    assert not offer_waits()
    assert parts() == []


def test_a_file_that_cannot_be_read_is_not_offered(second: Shipped) -> None:
    (second.folder / "library.json").write_text("{")
    (second.folder / "guide.json").write_text('{"phases": []}')

    assert {part.partition(":")[0] for part in parts()} == {*ALL[:8]}
    take("why")


def test_a_site_from_before_has_the_first_edition(default_content: None) -> None:
    Question.objects.filter(key="duration").update(text="Since when?")
    LoadedContent.objects.update(taken="", base="")

    migrated = import_module("guides.migrations.0021_default_content_offered")
    migrated.note_the_first_edition(apps, None)

    rows = {row.name: row for row in LoadedContent.objects.all()}
    assert {name: row.taken for name, row in rows.items()} == migrated.FIRST
    base = json.loads(rows["assessment tight-hips"].base)
    assert base == json.loads(Edition.objects.get().definition)
    own = [str(line) for part in Offer().parts for line in part.own]
    assert len(own) == 1
    assert "“Since when?”" in own[0]


def test_a_site_whose_first_versions_are_the_pts_own_marks_nothing(default_content: None) -> None:
    user = User.objects.create_user("pt")
    Edition.objects.update(published_by=user)
    GuideEdition.objects.update(published_by=user)
    LoadedContent.objects.filter(name="exercises").delete()
    LoadedContent.objects.update(taken="", base="")

    migrated = import_module("guides.migrations.0021_default_content_offered")
    migrated.note_the_first_edition(apps, None)

    assert sorted(LoadedContent.objects.values_list("name", "base")) == [
        ("assessment tight-hips", ""), ("guide strength-guide", ""),
    ]  # fmt: skip
    assert Offer().own_unknown


@pytest.fixture
def first_edition(db: None, settings: LazySettings, tmp_path: Path) -> None:
    """A site with the whole first edition, while RunFit comes with the one of today."""
    for path in FOLDER.glob("*.json"):
        if path.stem != "vectors":
            shutil.copy(path, tmp_path)
    shutil.copytree(samples.CONTENT / "pictures", tmp_path / "pictures")
    settings.CONTENT_DIR = tmp_path
    call_command("content_load", *map(str, tmp_path.glob("*.json")), verbosity=0)
    settings.CONTENT_DIR = samples.CONTENT


NAMES = ("tight-hips", "exercises", "strength-guide")


@pytest.mark.once
def test_the_first_edition_becomes_the_one_of_today(first_edition: None) -> None:
    assert offer_waits()

    take_whole()

    shipped = {name: (samples.CONTENT / f"{name}.json").read_text("utf-8") for name in NAMES}
    assert {name: content_export(slug=name) for name in NAMES} == shipped
    assert not offer_waits()
    check, guide = Assessment.objects.get(), Guide.objects.get()
    found = [*assessment_check(assessment=check), *guide_overview(guide=guide)[1]]
    assert [finding for finding in found if finding.severity == "error"] == []
    put_back()
    first = {name: (FOLDER / f"{name}.json").read_text("utf-8") for name in NAMES}
    assert {name: content_export(slug=name) for name in NAMES} == first
