"""Builds a guide's PDF from its content, the practice, and pictures.

A missing or damaged picture is left out and reported: it must not keep a runner from the guide.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

import assessments.selectors
from guides import selectors, signed_links
from guides.content import ExerciseContent, GuideContent, PdfLabels, RunnerAdvice
from guides.models import PICTURE_SIDE, Guide
from guides.pdf import render
from guides.pdf.papers import Paper
from runfit.lib.metrics import GUIDE_BUILD_SECONDS
from runfit.lib.pictures import PictureRefused, picture_printed
from runfit.lib.storage import files
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Practice

# The practice's fields that a guide shows, with their model columns.
SHOWN = {field.name: field.name for field in fields(render.PracticeDetails)} | {
    "accent": "accent_colour"
}
LOOKS = ("logo", "photo")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuiltPdf:
    """A PDF, and the names of picture files missing from it."""

    content: bytes
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class PictureSource:
    """Reads and caches pictures. `fresh` holds uploads that aren't stored yet."""

    fresh: Mapping[str, bytes] = field(default_factory=dict)
    read: dict[str, bytes] = field(default_factory=dict)

    def picture(self, name: str, side: int) -> bytes:
        """The picture as printed; empty if it's missing or damaged."""
        if name not in self.read:
            self.read[name] = self._read(name, side)
        return self.read[name]

    def _read(self, name: str, side: int) -> bytes:
        try:
            if name in self.fresh:
                return picture_printed(self.fresh[name], name=name, side=side)
            return picture_printed(files().contents(name), name=name, side=side)
        except (OSError, PictureRefused):
            logger.exception("Cannot use the picture %s, will build guides without it.", name)
            return b""


@dataclass(frozen=True, slots=True)
class _Assets:
    """The practice and the pictures (by file name) that a guide shows."""

    practice: render.PracticeDetails
    looks: Mapping[str, str]
    pictures: Mapping[str, bytes]

    def without(self, is_unfit: Callable[[bytes], bool]) -> "_Assets":
        pictures = {
            name: b"" if is_unfit(image) else image for name, image in self.pictures.items()
        }
        return replace(self, pictures=pictures)

    def practice_with_images(self) -> render.PracticeDetails:
        looks: Any = {look: self.pictures[name] for look, name in self.looks.items()}
        return replace(self.practice, **looks)

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, image in self.pictures.items() if not image))


@GUIDE_BUILD_SECONDS.time()
def guide_build(
    *,
    content: GuideContent,
    guide: Guide,
    profile: str,
    paper: Paper,
    reviewed_by: str = "",
    practice: "Practice | None" = None,
    picture_source: PictureSource | None = None,
    advice: RunnerAdvice = render.NO_ADVICE,
) -> BuiltPdf:
    """Builds the PDF for one result type. Raises PlanMissingError, or UnbuildableError if it fails
    even without pictures."""
    own = content.for_runner(profile, advice.skip_for)
    plan = own.plan(profile)
    all_assets = _assets(
        own.exercises_of(plan) if plan else (),
        practice or assessments.selectors.practice(),
        picture_source or PictureSource(),
    )

    def build(assets: _Assets) -> BuiltPdf:
        pdf = render.render(
            content,
            profile=profile,
            practice=assets.practice_with_images(),
            paper=paper,
            reviewed_by=reviewed_by,
            secret_url=secret_url(guide),
            phone_url=phone_url(guide),
            pictures=assets.pictures,
            words=words_of(content.language),
            dose_words=selectors.dose_words(content.language),
            advice=advice,
        )
        return BuiltPdf(pdf, assets.left_out)

    filters = (_none, _cannot_print, bool)
    return _first(build, (all_assets.without(is_unfit) for is_unfit in filters))


def _first(build: Callable[[_Assets], BuiltPdf], attempts: Iterable[_Assets]) -> BuiltPdf:
    """The first that builds: with all pictures, with those that print alone, or with none."""
    fault = render.UnbuildableError()
    for attempt in attempts:
        try:
            return build(attempt)
        except render.UnbuildableError as error:
            logger.exception("Cannot build the guide, will try with fewer pictures.")
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


def _assets(
    exercises: Iterable[ExerciseContent], practice: "Practice", source: PictureSource
) -> _Assets:
    files = {exercise.picture.file for exercise in exercises if exercise.picture}
    sides = dict.fromkeys(files, PICTURE_SIDE)
    looks = {look: str(file.name) for look in LOOKS if (file := getattr(practice, look))}
    sides |= {name: getattr(practice, look).field.side for look, name in looks.items()}
    pictures = {name: source.picture(name, side) for name, side in sides.items()}
    words: Any = {
        name: getattr(practice, column) for name, column in SHOWN.items() if name not in LOOKS
    }
    if practice.sign_off == practice._meta.get_field("sign_off").default:
        words["sign_off"] = ""  # not her own words
    return _Assets(render.PracticeDetails(**words), looks, pictures)


def words_of(language: str) -> PdfLabels:
    with use_language(language):
        return PdfLabels(**{label.name: gettext(str(label.default)) for label in fields(PdfLabels)})


def secret_url(guide: Guide) -> str:
    """The same for every runner, so that PDFs can be stored; the page leads to a personal link."""
    return signed_links.absolute("guides:tell_me_first", guide.slug)


def phone_url(guide: Guide) -> str:
    """Where the codes to scan lead, each by its number: the same for every runner, too."""
    return signed_links.absolute("guides:on_phone", guide.slug)
