"""Builds guides: words, practice and pictures in, a PDF out.

A picture that is gone or damaged is left out and told: it must not keep a runner from the guide.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext

import assessments.selectors
from guides import signed_links
from guides.content import ExerciseContent, GuideContent, PdfLabels
from guides.models import PICTURE_SIDE, Guide
from guides.pdf import render
from runfit.lib.pictures import PictureRefused, picture_printed
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Practice

# What of the practice shows in a guide, and the column that holds it.
SHOWN = {each.name: each.name for each in fields(render.PracticeDetails)} | {
    "accent": "accent_colour"
}
LOOKS = ("logo", "photo")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuiltPdf:
    """A PDF, and the files of pictures that should be in it and are not."""

    content: bytes
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class PictureSource:
    """The pictures that guides show, each read once. `fresh` are uploads not yet kept."""

    fresh: Mapping[str, bytes] = field(default_factory=dict)
    read: dict[str, bytes] = field(default_factory=dict)

    def picture(self, name: str, side: int) -> bytes:
        """As a page shows it; nothing where it is gone or damaged."""
        if name not in self.read:
            self.read[name] = self._read(name, side)
        return self.read[name]

    def _read(self, name: str, side: int) -> bytes:
        try:
            if name in self.fresh:
                return picture_printed(self.fresh[name], name=name, side=side)
            with default_storage.open(name) as file:
                return picture_printed(file.read(), name=name, side=side)
        except (OSError, PictureRefused):
            logger.exception("The picture %s cannot be used; guides are made without it.", name)
            return b""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a guide shows beside its words: the practice, and each picture by the name of its
    file."""

    practice: render.PracticeDetails
    looks: Mapping[str, str]
    pictures: Mapping[str, bytes]

    def without(self, unfit: Callable[[bytes], bool]) -> "_Shown":
        fit = {name: b"" if unfit(image) else image for name, image in self.pictures.items()}
        return replace(self, pictures=fit)

    def dressed(self) -> render.PracticeDetails:
        looks: Any = {look: self.pictures[name] for look, name in self.looks.items()}
        return replace(self.practice, **looks)

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, image in self.pictures.items() if not image))


def guide_build(
    *,
    content: GuideContent,
    guide: Guide,
    profile: str,
    paper: render.Paper,
    reviewed_by: str = "",
    practice: "Practice | None" = None,
    shelf: PictureSource | None = None,
) -> BuiltPdf:
    """Raises PlanMissingError, and UnbuildableError where it cannot even be built without
    pictures."""
    chosen = content.profile(profile)
    shown = _shown(
        content.exercises_of(chosen.plan) if chosen else (),
        practice or assessments.selectors.practice(),
        shelf or PictureSource(),
    )

    def made(of: _Shown) -> BuiltPdf:
        built = render.render(
            content,
            profile=profile,
            practice=of.dressed(),
            paper=paper,
            reviewed_by=reviewed_by,
            secret_url=secret_url(guide),
            pictures=of.pictures,
            words=words_of(content.language),
        )
        return BuiltPdf(built, of.left_out)

    return _first(made, (shown.without(unfit) for unfit in (_none, _cannot_print, bool)))


def _first(made: Callable[[_Shown], BuiltPdf], attempts: Iterable[_Shown]) -> BuiltPdf:
    """With all pictures; else with those that print by themselves; else with none."""
    fault = render.UnbuildableError()
    for attempt in attempts:
        try:
            return made(attempt)
        except render.UnbuildableError as error:
            logger.exception("A guide cannot be built as it should be.")
            fault = error
    raise fault


def _none(image: bytes) -> bool:
    return False


def _cannot_print(image: bytes) -> bool:
    try:
        if image:
            render.picture_check(image)
    except render.UnbuildableError:
        return True
    return False


def _shown(
    exercises: Iterable[ExerciseContent], practice: "Practice", shelf: PictureSource
) -> _Shown:
    files = {each.picture.file for each in exercises if each.picture}
    sides = dict.fromkeys(files, PICTURE_SIDE)
    looks = {look: str(file.name) for look in LOOKS if (file := getattr(practice, look))}
    sides |= {name: getattr(practice, look).field.side for look, name in looks.items()}
    pictures = {name: shelf.picture(name, side) for name, side in sides.items()}
    words: Any = {
        name: getattr(practice, column) for name, column in SHOWN.items() if name not in LOOKS
    }
    return _Shown(render.PracticeDetails(**words), looks, pictures)


def words_of(language: str) -> PdfLabels:
    with use_language(language):
        return PdfLabels(**{each.name: gettext(str(each.default)) for each in fields(PdfLabels)})


def secret_url(guide: Guide) -> str:
    """The same for every runner, so that a PDF can be kept: the page leads to one's own link."""
    return signed_links.absolute("guides:tell_me_first", guide.slug)
