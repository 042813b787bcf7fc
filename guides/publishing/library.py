"""The exercises that all plans share: loaded from a file, written back as one.

Exercises and the rules they share serve every guide, so they live in one file, called "exercises".
A plan belongs to a result type; its key is written self-check/key if the bare key would be
ambiguous.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.template.defaultfilters import pluralize

from assessments.selectors import profiles
from guides import content
from guides.models import PICTURE_SIDE, Exercise, LoadedContent, Plan, SharedRules
from guides.publishing import row_mapping
from runfit.lib.json_format.faults import Fault
from runfit.lib.json_format.writing import file_text
from runfit.lib.pictures import PictureRefused, picture_kept

if TYPE_CHECKING:
    from assessments.models import Profile


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a file made, and what was there already and was left alone."""

    made: tuple[str, ...]
    left: tuple[str, ...]


def content_loaded(*, name: str) -> bool:
    """Whether a content file of this name was ever loaded here."""
    return LoadedContent.objects.filter(name=name).exists()


def content_loaded_note(*, name: str) -> None:
    LoadedContent.objects.get_or_create(name=name)


@transaction.atomic
def exercises_load(
    *, data: object, folder: Path, beside: Collection[str] = frozenset()
) -> LoadReport:
    """Make exercises, shared rules and plans from decoded JSON; leave alone what exists.

    `folder` holds their pictures. `beside` are the self-checks of the files that are loaded
    together: a bare key of a result type that several have is theirs. Raises
    ContentError with every fault, and then leaves no row behind.
    """
    planned, faults = _profiles_of(data, beside)
    known = Exercise.objects.values_list("key", flat=True)
    try:
        library = content.parse_library(data, known=set(known))
    except content.ContentError as error:
        raise content.ContentError([*error.faults, *faults]) from error
    if faults:
        raise content.ContentError(faults)
    with disable_auditlog():  # what comes with a file was changed by nobody
        reports = (
            _exercises_create(library.exercises, folder),
            _rules_create(library),
            _plans_create(library, planned),
        )
    return LoadReport(
        made=tuple(each for report in reports for each in report.made),
        left=tuple(each for report in reports for each in report.left),
    )


def _exercises_create(exercises: Iterable[content.ExerciseContent], folder: Path) -> LoadReport:
    known = set(Exercise.objects.values_list("key", flat=True))
    new = [exercise for exercise in exercises if exercise.id not in known]
    last = Exercise.objects.aggregate(last=Max("order"))["last"] or 0
    made = [
        Exercise(order=order, **row_mapping.exercise_columns(exercise))
        for order, exercise in enumerate(new, start=last + 1)
    ]
    _pictures_keep([exercise for exercise in made if exercise.picture], folder)
    Exercise.objects.bulk_create(made)
    return LoadReport(
        made=(f"{len(new)} exercise{pluralize(len(new))}",) if new else (),
        left=tuple(f"exercise “{each.id}”" for each in exercises if each.id in known),
    )


def _pictures_keep(exercises: Iterable[Exercise], folder: Path) -> None:
    """Copy their pictures to where uploaded ones are kept, all or none.

    A picture keeps the name that the content gives it, but for its ending if it has to be written
    anew, so an export names the same file. One that's there already isn't copied again, and needn't
    come with the content. Anyone may fetch it: nothing in it is about a runner.
    """
    faults, found = [], []
    for exercise in exercises:
        name = str(exercise.picture.name)
        try:
            found.append((exercise, _picture_of(folder, name)))
        except OSError:
            if not default_storage.exists(name):
                message = f"there is no file “{name}”."
                faults.append(Fault(f"exercises.{exercise.key}", message))
        except PictureRefused as refused:
            faults.append(Fault(f"exercises.{exercise.key}", str(refused)))
    if faults:
        raise content.ContentError(faults)
    for exercise, file in found:
        exercise.picture.name = _picture_keep(file)


def _picture_of(folder: Path, name: str) -> "ContentFile[bytes]":
    """As an upload would be kept, under its own name but for the ending."""
    data = (folder / name).read_bytes()
    made = picture_kept(data, name=name, side=PICTURE_SIDE, drawings=True)
    same = made.content == data
    kept = name if same else str(PurePosixPath(name).with_suffix(f".{made.ending}"))
    return ContentFile(made.content, kept)


def _picture_keep(file: "ContentFile[bytes]") -> str:
    """The name under which it lies: the same again for the same picture."""
    name = str(file.name)
    if default_storage.exists(name):
        file.seek(0)
        with default_storage.open(name) as kept:
            if kept.read() == file.read():
                return name
    return str(default_storage.save(name, file))


def _rules_create(library: content.Library) -> LoadReport:
    if SharedRules.objects.exists():
        return LoadReport((), ("the rules for all exercises",))
    meta = library.meta
    SharedRules.objects.create(
        **row_mapping.rules_columns(library.shared_rules),
        version=meta.version if meta else "",
        status=meta.status if meta else "",
        no_plan=[*map(list, (library.no_plan or {}).items())],
    )
    return LoadReport(("the rules for all exercises",), ())


def _plans_create(library: content.Library, planned: dict[str, "Profile"]) -> LoadReport:
    known = set(Plan.objects.values_list("profile_id", flat=True))
    exercises = dict(Exercise.objects.values_list("key", "pk"))
    new = {key: plan for key, plan in library.plans.items() if planned[key].pk not in known}
    for key, plan in new.items():
        row_mapping.plan_create(plan, planned[key].pk, exercises)
    return LoadReport(
        made=(f"{len(new)} plan{pluralize(len(new))}",) if new else (),
        left=tuple(f"plan “{key}”" for key in library.plans if key not in new),
    )


def _profiles_of(data: object, beside: Collection[str]) -> tuple[dict[str, "Profile"], list[Fault]]:
    """The result type of each plan's key."""
    plans = data.get("plans") if isinstance(data, dict) else None
    found: dict[str, Profile] = {}
    faults = []
    every = list(profiles())
    for key in plans if isinstance(plans, dict) else ():
        slug, _, name = key.rpartition("/")
        same = [each for each in every if each.key == name and slug in {"", each.assessment.slug}]
        same = [each for each in same if each.assessment.slug in beside] or same
        if len(same) == 1 and same[0] not in found.values():
            found[key] = same[0]
        else:
            faults.append(Fault(f"plans.{key[:130]}", _unclear(len(same))))
    return found, faults


def _unclear(matches: int) -> str:
    if matches == 0:
        return "no result type has this key. Load its self-check first."
    if matches == 1:
        return "another plan is for the same result type."
    return "more than one self-check has this result type. Write self-check/key."


def library_export() -> str:
    """The exercises file: what is loaded from it exports the same bytes."""
    rules = SharedRules.objects.first()
    data = {
        "exercises": [row_mapping.exercise_data(row) for row in Exercise.objects.all()],
        "plans": _plans_data(),
    }
    if rules:
        data["shared_rules"] = row_mapping.rules_data(rules)
        data |= {"no_plan": dict(rules.no_plan)} if rules.no_plan else {}
        if rules.version or rules.status:
            data["meta"] = {"version": rules.version, "status": rules.status}
    return file_text(content.parse_library(data))


def _plans_data() -> row_mapping.Data:
    plans = (
        Plan.objects.filter(profile__isnull=False)
        .select_related("profile__assessment")
        .prefetch_related(row_mapping.PLAN_PARTS)
    )
    keys = list(profiles().values_list("key", flat=True))
    return {
        profile.key
        if keys.count(profile.key) == 1
        else f"{profile.assessment.slug}/{profile.key}": row_mapping.plan_data(plan)
        for plan in plans
        if (profile := plan.profile)
    }
