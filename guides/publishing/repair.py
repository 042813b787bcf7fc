"""Repairs pictures and built guides when a site starts or updates."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

import assessments.selectors
from guides import selectors
from guides.content import RunnerAdvice
from guides.models import PICTURE_SIDE, ExercisePicture, GuideEdition, GuideFault
from guides.pdf import render
from guides.pdf.file_integrity import file_checksum, file_delete
from guides.pdf.papers import TYPST_PAPER, Paper
from guides.pdf.storage import BUILT, built_name, guide_pdf, name_without_advice
from runfit.lib.pictures import (
    PictureRefused,
    is_drawing,
    picture_printed,
    picture_ready,
    prepare_picture,
)
from runfit.lib.pictures.clips import ENDING as CLIP_ENDING
from runfit.lib.pictures.loops import is_loop, loop_prepared
from runfit.lib.storage import files, files_in

MIN_AGE = timedelta(days=1)
"""Outdated files younger than this stay: another process may be sending one right now."""


def files_repair(*, folder: Path) -> list[str]:
    """Messages about what was repaired or can't be. `folder` holds RunFit's own pictures."""
    names = _pictures_of_exercises()
    messages = [*_restore_missing(folder), *_convert_old(names | _practice_pictures())]
    _add_upload_checksums()
    _delete_outdated()
    return [*messages, *_retry_faults()]


def _pictures_of_exercises() -> dict[str, int]:
    """Pictures of drafts and of all editions, with their maximum side in pixels. Of what moves,
    only drawings are among them: no video comes with RunFit, and all are stored ready."""
    rows = ExercisePicture.objects.values_list("picture", "clip")
    files = {name for row in rows for name in row}
    for edition in GuideEdition.objects.defer("content"):
        exercises = selectors.guide_content(edition).exercises
        pictures = (picture for exercise in exercises for picture in exercise.pictures)
        files |= {name for picture in pictures for name in picture.files}
    names = (name for name in files if name and not name.endswith(f".{CLIP_ENDING}"))
    return dict.fromkeys(sorted(names), PICTURE_SIDE)


def _practice_pictures() -> dict[str, int]:
    practice = assessments.selectors.practice()
    fields: Any = (practice.logo, practice.photo)
    return {str(file.name): file.field.side for file in fields if file}


def pictures_missing(*, folder: Path) -> list[str]:
    """RunFit's own pictures that exercises use and that aren't there, or can't be shown."""
    return [
        name
        for name, side in _pictures_of_exercises().items()
        if (folder / name).is_file() and not _can_be_shown(name, side)
    ]


def _restore_missing(folder: Path) -> Iterator[str]:
    restored = 0
    for name in pictures_missing(folder=folder):
        with suppress(OSError):  # a full disk
            files().write(name, (folder / name).read_bytes())
            restored += 1
    if restored:
        yield f"Brought back {restored} of the pictures that RunFit comes with."


def _can_be_shown(name: str, side: int) -> bool:
    try:
        data = files().contents(name)
        if is_loop(data, name=name):
            return bool(loop_prepared(data))
        return bool(picture_printed(data, name=name, side=side))
    except (OSError, PictureRefused):
        return False


def _convert_old(names: dict[str, int]) -> Iterator[str]:
    """Converts pictures stored by old releases: too large, rotated, or with location metadata."""
    for name, side in names.items():
        if is_drawing(name):
            continue
        try:
            data = files().contents(name)
            if not picture_ready(data, side=side):
                files().write(name, prepare_picture(data, name=name, side=side).content)
                yield f"Made {name} ready to be shown."
        except PictureRefused as error:
            yield f"{name} cannot be shown: {error}"
        except OSError as error:
            yield f"{name} cannot be read: {error.strerror}. Upload it again."


def _add_upload_checksums() -> None:
    """Adds checksums to uploaded PDFs of editions published by old releases."""
    for edition in GuideEdition.objects.exclude(upload="").filter(upload_mark=""):
        checksum = file_checksum(str(edition.upload.name))
        GuideEdition.objects.filter(pk=edition.pk).update(upload_mark=checksum)


def _delete_outdated() -> None:
    """Deletes outdated built guides: they fill the disk, and may show an old photo."""
    needed = {
        built_name(edition, profile.key, paper)
        for edition in GuideEdition.objects.select_related("guide").defer("content")
        for profile in selectors.guide_content(edition).profiles
        for paper in TYPST_PAPER
    }
    before = timezone.now() - MIN_AGE
    for file, kept in files_in(BUILT).items():
        name = f"{BUILT}/{file}"
        if kept.modified < before and name_without_advice(name) not in needed:
            with suppress(OSError):
                file_delete(name)


def _retry_faults() -> Iterator[str]:
    """Deletes all recorded faults and rebuilds their guides, which records what's still wrong."""
    for fault in GuideFault.objects.select_related("edition__guide"):
        fault.delete()
        paper: Paper = "letter" if fault.paper == "letter" else "a4"
        advice = RunnerAdvice(skip_for=frozenset(fault.skip_for))
        with suppress(render.PlanMissingError, render.UnbuildableError):
            guide_pdf(edition=fault.edition, profile=fault.profile, paper=paper, advice=advice)
    remaining = GuideFault.objects.count()
    if remaining:
        yield f"{remaining} guides still have faults: see “Needs your attention” in the admin."
