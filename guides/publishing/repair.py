"""Puts right what can be put right without the PT: at each update and start of a host."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

import assessments.selectors
from guides import selectors
from guides.models import PICTURE_SIDE, Exercise, GuideEdition, GuideFault
from guides.pdf import render
from guides.pdf.file_integrity import file_checksum, file_delete, file_write
from guides.pdf.storage import BUILT, built_name, guide_pdf
from runfit.lib.pictures import (
    PictureRefused,
    is_drawing,
    picture_kept,
    picture_printed,
    picture_ready,
)

KEPT_AT_LEAST = timedelta(days=1)
"""Another process may be sending one of them now."""


def files_repair(*, folder: Path) -> list[str]:
    """What was mended or cannot be, in words. `folder` holds the pictures that came with RunFit."""
    names = _pictures_of_exercises()
    told = [*_brought_back(names, folder), *_made_ready(names | _looks())]
    _uploads_marked()
    _outdated_removed()
    return [*told, *_faults_tried_again()]


def _pictures_of_exercises() -> dict[str, int]:
    """With the side that each has room for: of drafts, and of all versions."""
    names = {*Exercise.objects.exclude(picture="").values_list("picture", flat=True)}
    for edition in GuideEdition.objects.defer("content"):
        exercises = selectors.guide_content(edition).exercises
        names |= {each.picture.file for each in exercises if each.picture}
    return dict.fromkeys(sorted(names), PICTURE_SIDE)


def _looks() -> dict[str, int]:
    practice = assessments.selectors.practice()
    fields: Any = (practice.logo, practice.photo)
    return {str(file.name): file.field.side for file in fields if file}


def _brought_back(names: dict[str, int], folder: Path) -> Iterator[str]:
    back = 0
    for name, side in names.items():
        if _can_be_shown(name, side):
            continue
        with suppress(OSError):  # it did not come with RunFit, or the disk takes nothing
            file_write(name, (folder / name).read_bytes())
            back += 1
    if back:
        yield f"Brought back {back} of the pictures that RunFit comes with."


def _can_be_shown(name: str, side: int) -> bool:
    try:
        with default_storage.open(name) as file:
            return bool(picture_printed(file.read(), name=name, side=side))
    except (OSError, PictureRefused):
        return False


def _made_ready(names: dict[str, int]) -> Iterator[str]:
    """Pictures from before there was one door for all: large, turned, with their place in them."""
    for name, side in names.items():
        if is_drawing(name):
            continue
        try:
            with default_storage.open(name) as file:
                data = file.read()
            if not picture_ready(data, side=side):
                file_write(name, picture_kept(data, name=name, side=side).content)
                yield f"Made {name} ready to be shown."
        except PictureRefused as refused:
            yield f"{name} cannot be shown: {refused}"
        except OSError as error:
            yield f"{name} cannot be read: {error.strerror}. Upload it again."


def _uploads_marked() -> None:
    """PDFs of the PT's own from before their hash was kept."""
    for edition in GuideEdition.objects.exclude(upload="").filter(upload_mark=""):
        mark = file_checksum(str(edition.upload.name))
        GuideEdition.objects.filter(pk=edition.pk).update(upload_mark=mark)


def _outdated_removed() -> None:
    """Built guides that nobody can get any more: they fill the disk, and may show an old photo."""
    if not default_storage.exists(BUILT):
        return
    needed = {
        built_name(edition, profile.key, paper)
        for edition in GuideEdition.objects.select_related("guide").defer("content")
        for profile in selectors.guide_content(edition).profiles
        for paper in render.TYPST_PAPER
    }
    before = timezone.now() - KEPT_AT_LEAST
    for file in default_storage.listdir(BUILT)[1]:
        name = f"{BUILT}/{file}"
        with suppress(OSError):
            if name not in needed and default_storage.get_modified_time(name) < before:
                file_delete(name)


def _faults_tried_again() -> Iterator[str]:
    """What is still wrong is noted anew."""
    for fault in GuideFault.objects.select_related("edition__guide"):
        fault.delete()
        paper: render.Paper = "letter" if fault.paper == "letter" else "a4"
        with suppress(render.PlanMissingError, render.UnbuildableError):
            guide_pdf(edition=fault.edition, profile=fault.profile, paper=paper)
    left = GuideFault.objects.count()
    if left:
        yield f"{left} guides still have faults: see “What needs you” in the admin."
