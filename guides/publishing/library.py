"""Loads and exports the exercises file: exercises, their shared rules, and plans.

All guides share them, so they live in one file, called "exercises". A plan belongs to a result
type; its key is written self-check/key if the bare key would be ambiguous.
"""

from collections.abc import Collection, Iterable, Mapping
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
from guides.models import PICTURE_SIDE, Exercise, Plan, SharedRules
from guides.publishing import row_mapping
from runfit.lib import storage
from runfit.lib.json_format.faults import Fault
from runfit.lib.json_format.writing import file_text
from runfit.lib.pictures import DRAWING, PictureRefused, prepare_picture
from runfit.lib.pictures.clips import ENDING as CLIP_ENDING
from runfit.lib.pictures.clips import clip_ready, is_video, prepare_clip
from runfit.lib.pictures.loops import is_loop, loop_prepared

if TYPE_CHECKING:
    from assessments.models import Profile


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading a file created (`made`), and what existed and was left alone (`left`)."""

    made: tuple[str, ...]
    left: tuple[str, ...]


@transaction.atomic
def exercises_load(
    *, data: object, folder: Path, beside: Collection[str] = frozenset()
) -> LoadReport:
    """Creates exercises, shared rules, and plans from decoded JSON; leaves existing rows alone.

    `folder` holds the pictures. `beside` are the self-checks of files loaded together: they win if
    a result type's bare key is ambiguous. Raises ContentError with every fault, and then creates
    nothing.
    """
    planned, faults = _profiles_of(data, beside)
    known = Exercise.objects.values_list("key", flat=True)
    try:
        library = content.parse_library(data, known=set(known))
    except content.ContentError as error:
        raise content.ContentError([*error.faults, *faults]) from error
    if faults:
        raise content.ContentError(faults)
    with disable_auditlog():  # nobody edited what comes from a file
        reports = (
            _exercises_create(library.exercises, folder),
            _rules_create(library),
            _plans_create(library, planned),
        )
    return LoadReport(
        made=tuple(item for report in reports for item in report.made),
        left=tuple(item for report in reports for item in report.left),
    )


def _exercises_create(exercises: Iterable[content.ExerciseContent], folder: Path) -> LoadReport:
    known = set(Exercise.objects.values_list("key", flat=True))
    new = [exercise for exercise in exercises if exercise.id not in known]
    last = Exercise.objects.aggregate(last=Max("order"))["last"] or 0
    rows = [
        Exercise(order=order, **row_mapping.exercise_columns(exercise))
        for order, exercise in enumerate(new, start=last + 1)
    ]
    stored = pictures_store({exercise.id: exercise.pictures for exercise in new}, folder)
    Exercise.objects.bulk_create(rows)
    row_mapping.pictures_set(new, stored)
    row_mapping.instead_set(new)
    return LoadReport(
        made=(f"{len(new)} exercise{pluralize(len(new))}",) if new else (),
        left=tuple(f"exercise “{exercise.id}”" for exercise in exercises if exercise.id in known),
    )


def pictures_store(
    exercises: Mapping[str, Iterable[content.PictureContent]], folder: Path
) -> dict[str, str]:
    """Copies the pictures and clips of exercises, by their keys, into media storage, all or none.
    Returns the names that they're stored under now.

    A file keeps the name that the content gives it (except for the extension, if re-encoded), so
    that an export names the same file. One that's stored already needn't come with the content.
    Pictures are public: they show nothing about a runner.
    """
    faults, files = [], {}
    for key, pictures in exercises.items():
        for name in (name for picture in pictures for name in picture.files):
            try:
                files[name] = picture_of(folder, name)
            except OSError:
                if not default_storage.exists(name):
                    faults.append(Fault(f"exercises.{key}", f"there is no file “{name}”."))
            except PictureRefused as error:
                faults.append(Fault(f"exercises.{key}", error.message))
    if faults:
        raise content.ContentError(faults)
    return {name: _picture_store(file) for name, file in files.items()}


def picture_of(folder: Path, name: str) -> "ContentFile[bytes]":
    """A picture or clip processed like an upload, under its own name except the extension."""
    data = (folder / name).read_bytes()
    if is_loop(data, name=name):
        prepared, ending = loop_prepared(data), DRAWING.removeprefix(".")
    elif is_video(data):
        prepared = data if clip_ready(data) else prepare_clip(data, side=PICTURE_SIDE).content
        ending = CLIP_ENDING
    else:
        picture = prepare_picture(data, name=name, side=PICTURE_SIDE, drawings=True)
        prepared, ending = picture.content, picture.ending
    if prepared != data:
        name = str(PurePosixPath(name).with_suffix(f".{ending}"))
    return ContentFile(prepared, name)


def _picture_store(file: "ContentFile[bytes]") -> str:
    """Stores a picture and returns its name, reusing an identical file of that name."""
    name = str(file.name)
    if default_storage.exists(name):
        file.seek(0)
        if storage.files().contents(name) == file.read():
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
    by_check: dict[int, dict[str, content.PlanContent]] = {}
    for key, plan in new.items():
        row_mapping.plan_create(plan, planned[key].pk, exercises)
        by_check.setdefault(planned[key].assessment_id, {})[planned[key].key] = plan
    for assessment_id, plans in by_check.items():
        row_mapping.next_plans_set(plans, assessment_id)
    return LoadReport(
        made=(f"{len(new)} plan{pluralize(len(new))}",) if new else (),
        left=tuple(f"plan “{key}”" for key in library.plans if key not in new),
    )


def _profiles_of(data: object, beside: Collection[str]) -> tuple[dict[str, "Profile"], list[Fault]]:
    """The result type for each plan key, and faults for unclear keys."""
    plans = data.get("plans") if isinstance(data, dict) else None
    matched: dict[str, Profile] = {}
    faults = []
    all_profiles = list(profiles())
    for key in plans if isinstance(plans, dict) else ():
        slug, _, name = key.rpartition("/")
        matches = [
            profile
            for profile in all_profiles
            if profile.key == name and slug in {"", profile.assessment.slug}
        ]
        preferred = [profile for profile in matches if profile.assessment.slug in beside]
        matches = preferred or matches
        if len(matches) == 1 and matches[0] not in matched.values():
            matched[key] = matches[0]
        else:
            faults.append(Fault(f"plans.{key[:130]}", _unclear(len(matches))))
    return matched, faults


def _unclear(matches: int) -> str:
    if matches == 0:
        return "no result type has this key. Load its self-check first."
    if matches == 1:
        return "another plan is for the same result type."
    return "more than one self-check has this result type. Write self-check/key."


def library_export() -> str:
    """The text of the exercises file. Loading and exporting it again gives the same bytes."""
    rules = SharedRules.objects.first()
    data = {
        "exercises": [
            row_mapping.exercise_data(row)
            for row in Exercise.objects.select_related("instead").prefetch_related("pictures")
        ],
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
        .select_related("profile__assessment", *row_mapping.PLAN_NEXT)
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
