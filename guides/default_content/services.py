"""Notes what was loaded, and takes over, puts back, and puts away a new edition of it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from guides.content import Kind
from guides.content.pictures import pictures_of, with_files, with_pictures
from guides.default_content.changes import Line, lines
from guides.default_content.drafts import drafts_write
from guides.default_content.files import content_name, edition, fingerprint
from guides.default_content.offers import KINDS, Offer, drawings_stored
from guides.default_content.parts import (
    Content,
    Data,
    PartId,
    Sources,
    all_parts,
    merged,
    pictures,
    replaced,
    taken,
)
from guides.models import Exercise, ExercisePicture, LoadedContent, TakeOver
from guides.pdf.file_integrity import file_checksum


class TakeOverRefused(Exception):  # noqa: N818 - a refusal with its reasons
    """The draft would refer to what isn't there. `obstacles` say where."""

    def __init__(self, obstacles: Collection[str]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__("\n".join(self.obstacles))


@dataclass(frozen=True, slots=True)
class Taken:
    """`parts` that were taken over; `kept` are exercises that stay because plans use them."""

    parts: frozenset[PartId]
    kept: tuple[str, ...]


def content_loaded(*, kind: Kind, data: Data) -> bool:
    """Whether a content file of this name was ever loaded here."""
    return LoadedContent.objects.filter(name=content_name(kind, data)).exists()


@transaction.atomic
def content_loaded_note(*, kind: Kind, data: Data) -> None:
    """Notes once that a file was loaded. If RunFit comes with it, later editions are offered."""
    row, created = LoadedContent.objects.get_or_create(name=content_name(kind, data))
    this, own = edition(), fingerprint(data)
    file = this.files.get(kind)
    if created and file and (file.name, file.fingerprint) == (row.name, own):
        field = next(field for field, its in KINDS.items() if its == kind)
        row.taken = own
        row.base = _text(getattr(_as_stored(this.content), field))
        row.save()


@transaction.atomic
def default_content_take(*, chosen: Collection[PartId] | None, by: str) -> Taken:
    """Takes these parts of the new edition, or all of it (None), over into the drafts, with the
    parts that they can't be without. Raises TakeOverRefused.

    Call it with the desk locked. What the drafts were is kept, to be put back.
    """
    offer = Offer()
    sources = offer.sources
    if chosen is None:
        parts, after, base = all_parts(sources), replaced(sources), sources.offered
    else:
        together = offer.together(chosen)
        if together.obstacles:
            raise TakeOverRefused(together.obstacles)
        parts, after, base = together.parts, merged(sources, together.parts), sources.base
    _keep(offer, by, [part.title for part in offer.parts if part.id in parts])
    kept = drafts_write(before=sources.mine, after=after, folder=offer.edition.folder)
    _note(offer, _as_stored(base if chosen is None else taken(sources, parts)))
    return Taken(parts, tuple(kept))


@transaction.atomic
def default_content_put_away() -> None:
    """Offers this edition no more on the first page."""
    offer = Offer()
    for field, row in offer.loaded.items():
        row.declined = offer.fingerprint(field)
        row.save()


def take_over_latest() -> TakeOver | None:
    return TakeOver.objects.order_by("-pk").first()


def put_back_changes(step: TakeOver) -> list[Line]:
    """What putting back the drafts from before would change in them."""
    sources, before = Offer().sources, _before(step)
    drawn = drawings_stored(sources.mine) | drawings_stored(before)
    now = Sources(mine=sources.mine, base=Content(), offered=before)
    return lines(now, before, drawn=drawn, offered=drawn, another=gettext("the one before"))


@transaction.atomic
def default_content_put_back(*, step: TakeOver) -> None:
    """Makes the drafts what they were before they took over parts. Call it with the desk locked."""
    drafts_write(before=Offer().sources.mine, after=_before(step))
    for name, columns in json.loads(step.before)["loaded"].items():
        LoadedContent.objects.filter(name=name).update(**columns)
    step.delete()


def pictures_to_put_back(file: str) -> bool:
    """Whether drafts that can be put back show this picture."""
    return any(file in pictures(_before(step)) for step in TakeOver.objects.all())


def _keep(offer: Offer, by: str, titles: Collection[str]) -> None:
    loaded = {row.name: {"taken": row.taken, "base": row.base} for row in offer.loaded.values()}
    before = {"drafts": asdict(offer.sources.mine), "loaded": loaded}
    TakeOver.objects.all().delete()
    TakeOver.objects.create(by=by, parts="\n".join(titles), before=_text(before))


def _before(step: TakeOver) -> Content:
    return Content(**json.loads(step.before)["drafts"])


def _note(offer: Offer, base: Content) -> None:
    """Notes what the drafts have now, and which files offer nothing more."""
    for field, row in offer.loaded.items():
        if getattr(base, field) is not None:
            row.base = _text(getattr(base, field))
            row.save()
    remaining = Offer()
    fields = {part.field for part in remaining.parts if part.is_new}
    for field, row in remaining.loaded.items():
        if field not in fields:
            row.taken = remaining.fingerprint(field)
            row.save()


def _as_stored(content: Content) -> Content:
    """With the names that the drafts' pictures have, if they show the same: a picture is stored
    under another name if its own was taken."""
    if content.library is None:
        return content
    offered = edition().drawings()
    stored = {
        row.key: [*row.pictures.all()] for row in Exercise.objects.prefetch_related("pictures")
    }
    exercises = [
        _with_stored(entry, stored.get(entry["id"], ()), offered)
        for entry in content.library["exercises"]
    ]
    return replace(content, library={**content.library, "exercises": exercises})


def _with_stored(
    exercise: Data, rows: Collection[ExercisePicture], offered: Mapping[str, str]
) -> Data:
    names = {
        file: name
        for picture, row in zip(pictures_of(exercise), rows, strict=False)
        for file, name in (
            (picture["file"], str(row.picture.name)),
            (picture.get("clip", ""), str(row.clip.name or "")),
        )
        if file and name and file_checksum(name) == offered.get(file)
    }
    return with_pictures(exercise, lambda picture: with_files(picture, names))


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False) if data is not None else ""
