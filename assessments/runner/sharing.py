"""How pages look where they're shared: a title, a sentence, and a picture drawn for them.

Nothing here comes from a runner's answers.
"""

from dataclasses import asdict, astuple, dataclass
from hashlib import sha256
from html import unescape

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags

from assessments import selectors
from assessments.definition import ProfileSpec
from assessments.frames import unframed
from assessments.models import Edition
from runfit.lib.caching import cached
from runfit.lib.json_format.foreign_texts import in_language_of
from runfit.lib.translation import use_language
from runfit.lib.typesetting import raster

STAMP_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that a card's picture is drawn from."""

    title: str
    line: str
    site: str
    mark: str
    accent: str
    drawing: str
    scene: bool
    language: str

    @property
    def stamp(self) -> str:
        """In the picture's URL, so that it can be cached for long: another picture has another."""
        parts = "\0".join(map(str, (raster.CARD_PAGE, *astuple(self))))
        return sha256(parts.encode()).hexdigest()[:STAMP_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`path` is the page's own, and `image` its picture's."""

    title: str
    description: str
    path: str
    picture: Picture
    image: str

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"

    @property
    def image_url(self) -> str:
        return f"{settings.SITE_URL}{self.image}"


def check_card(edition: Edition) -> Card:
    """The self-check itself."""
    return _cached(edition, "")


def result_card(edition: Edition, profile: ProfileSpec) -> Card:
    """A result type, as nobody's result."""
    return _cached(edition, profile.key)


def shared_path(edition: Edition, key: str) -> str:
    """Blank if this edition has no such result type."""
    if not selectors.edition_definition(edition).has_profile(key):
        return ""
    return unframed(reverse("assessments:shared", args=[edition.assessment.slug, key]))


def first_sentence(text: str) -> str:
    first = selectors.SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    return in_language_of(text, first)


def picture_png(picture: Picture) -> bytes:
    """Without its drawing, if that can't be turned into pixels."""
    parts = asdict(picture)
    drawing = parts.pop("drawing")
    try:
        return raster.card_png(**parts, picture=drawing)
    except raster.NotDrawableError:
        return raster.card_png(**parts, picture="")


def _cached(edition: Edition, key: str) -> Card:
    return cached(
        ("card", edition.pk, key),
        lambda: _result_card(edition, key) if key else _check_card(edition),
        depends_on=(edition, selectors.practice()),
    )


def _check_card(edition: Edition) -> Card:
    definition = selectors.edition_definition(edition)
    title = definition.headline or definition.title
    line = definition.benefit or (definition.title if definition.headline else "")
    picture = _picture(edition, title, line, "")
    slug = definition.slug
    return Card(
        title=str(title),
        description=_promise(edition),
        path=unframed(reverse("assessments:check", args=[slug])),
        picture=picture,
        image=reverse("assessments:card", args=[slug, picture.stamp]),
    )


def _promise(edition: Edition) -> str:
    definition = selectors.edition_definition(edition)
    with use_language(definition.language):
        text = render_to_string("assessments/promise.html", {"definition": definition})
    return unescape(strip_tags(text).strip())


def _result_card(edition: Edition, key: str) -> Card:
    definition = selectors.edition_definition(edition)
    profile = definition.profile(key)
    drawing = profile.picture.svg if profile.picture else ""
    picture = _picture(edition, profile.heading, definition.title, drawing)
    return Card(
        title=f"{profile.heading} · {definition.title}",
        description=str(first_sentence(profile.summary)),
        path=shared_path(edition, key),
        picture=picture,
        image=reverse("assessments:shared_card", args=[definition.slug, key, picture.stamp]),
    )


def _picture(edition: Edition, title: str, line: str, drawing: str) -> Picture:
    """Without a drawing of its own, it shows the runner of the first page."""
    practice = selectors.practice()
    return Picture(
        title=title,
        line=line,
        site=practice.name,
        mark=render_to_string("mark.html"),
        accent=practice.accent_colour,
        drawing=drawing or render_to_string("assessments/hero.html"),
        scene=not drawing,
        language=selectors.edition_definition(edition).language,
    )
