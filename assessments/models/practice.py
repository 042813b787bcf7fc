"""The practice that runs the site."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from solo.models import SingletonModel

from assessments.embed_sites import sites_clean
from assessments.emergency_numbers import DEFAULT_COUNTRY, country_choices
from assessments.models.accessibility import default_accessibility_statement
from assessments.models.privacy import default_privacy_notice
from runfit.lib.audit import Recorded
from runfit.lib.uploads import PictureField

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
PHOTO_SIDE, LOGO_SIDE = 480, 800  # pixels: sharp at the size printed in the guide
PICTURES = _("JPEG, PNG, HEIC, WebP or GIF. We turn it upright and make it smaller for you.")
SAY_IN_WORDS = {
    "photo": _("Say in words what the photo shows."),
    "logo": _("Say in words what the logo shows."),
}
DEFAULT_SIGN_OFF = "Happy running!"
MIN_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: text against its background

one_line = RegexValidator(r"[\r\n]", _("Use one line."), inverse_match=True)


def contrast_with_white(colour: str) -> float:
    """From 1 (white itself) to 21 (black), as WCAG defines it. `colour` is #rrggbb."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def validate_accent(colour: str) -> None:
    """Require a color such as #b5401a with enough contrast to white."""
    if not HEX_COLOUR.fullmatch(colour):
        raise ValidationError(_("Write it as # and six digits, such as #b5401a."))
    if contrast_with_white(colour) < MIN_CONTRAST:
        raise ValidationError(_("This color is too light to read on white. Pick a darker one."))


def _says_again(line: str, names: Iterable[str]) -> bool:
    """Whether a line is one of the names, or how one begins: Ana Ruiz, of “Ana Ruiz, PT”."""
    said = line.strip(" ,.-\N{EN DASH}\N{EM DASH}").casefold()
    return bool(said) and any(f"{name.casefold()},".startswith(f"{said},") for name in names)


class Practice(Recorded, SingletonModel):
    """The practice that runs the site. A singleton, shown on pages and in emails."""

    name = models.CharField(
        _("practice name"),
        max_length=200,
        default="RunFit",
        validators=[one_line],
        help_text=_("On every page."),
    )
    credentials = models.CharField(
        _("your name and credentials"),
        max_length=300,
        blank=True,
        help_text=_("Under the practice name. For example: Ana Ruiz, PT, DPT"),
    )
    photo = PictureField(
        upload_to="practice/",
        side=PHOTO_SIDE,
        blank=True,
        help_text=format_lazy(
            "{} {}",
            _("A picture of you, straight from your phone. Say below what it shows."),
            PICTURES,
        ),
    )
    photo_alt = models.CharField(
        _("photo in words"),
        max_length=300,
        blank=True,
        help_text=_("For people who can't see it. For example: Ana in running shoes, smiling"),
    )
    logo = PictureField(
        upload_to="practice/",
        side=LOGO_SIDE,
        blank=True,
        help_text=format_lazy("{} {}", _("Say below what it shows."), PICTURES),
    )
    logo_alt = models.CharField(_("logo in words"), max_length=300, blank=True)
    accent_colour = models.CharField(
        _("accent color"),
        max_length=7,
        default="#b5401a",
        validators=[validate_accent],
        help_text=_("For buttons and links. Dark enough to read on white, such as #b5401a."),
    )
    sender_name = models.CharField(
        max_length=200, default="RunFit", validators=[one_line], help_text=_("Who emails are from.")
    )
    sender_address = models.EmailField(
        blank=True, help_text=_("Your mail service must let the site send from this address.")
    )
    reply_to = models.EmailField(
        _("replies go to"), blank=True, help_text=_("Where replies to emails go.")
    )
    shown = models.BooleanField(
        _("show me to runners"),
        default=False,
        help_text=_("Your name, credentials, and photo on the first page and in emails."),
    )
    postal_address = models.TextField(
        blank=True, help_text=_("At the bottom of pages and emails. Many countries require one.")
    )
    country = models.CharField(
        max_length=2,
        choices=country_choices,
        default=DEFAULT_COUNTRY,
        help_text=_("Sets the emergency number that runners see."),
    )
    booking_link = models.URLField(
        blank=True,
        help_text=_("Where a runner can book a visit. For example: https://example.org/book"),
    )
    sign_off = models.TextField(
        default=DEFAULT_SIGN_OFF,
        blank=True,
        help_text=_(
            "The last words of an email. Leave your name out: it stands right below them, with the "
            "practice's."
        ),
    )
    privacy_notice = models.TextField(
        default=default_privacy_notice,
        help_text=_(
            "It has its own page. Leave an empty line between paragraphs. A first line that stands "
            "alone is a heading."
        ),
    )

    accessibility_statement = models.TextField(
        default=default_accessibility_statement,
        help_text=_(
            "It has its own page. Leave an empty line between paragraphs. A first line that stands "
            "alone is a heading."
        ),
    )

    embed_sites = models.TextField(
        _("sites with your articles"),
        blank=True,
        help_text=_(
            "They may show your self-checks inside a page. One per line, such as yourblog.example. "
            "No other site can. Their pages have to be at https://."
        ),
    )

    class Meta:
        verbose_name = _("practice")
        constraints = [
            models.CheckConstraint(
                condition=Q(photo="") | ~Q(photo_alt=""),
                name="practice_photo_alt",
                violation_error_message=SAY_IN_WORDS["photo"],
            ),
            models.CheckConstraint(
                condition=Q(logo="") | ~Q(logo_alt=""),
                name="practice_logo_alt",
                violation_error_message=SAY_IN_WORDS["logo"],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def introduced(self) -> bool:
        """Whether runners see who she is: she agreed to it, and there's something to see."""
        return self.shown and bool(self.credentials or self.photo)

    @property
    def reachable(self) -> bool:
        """Whether runners can write to her."""
        return bool(self.postal_address or self.takes_replies)

    @property
    def takes_replies(self) -> bool:
        """Whether somebody reads replies to emails."""
        return bool(self.reply_to or self.sender_address)

    @property
    def own_sign_off(self) -> str:
        """The sign-off if she wrote one; blank if it's still the default."""
        return "" if self.sign_off == DEFAULT_SIGN_OFF else self.sign_off

    def sign_off_above(self, *names: str) -> str:
        """The sign-off without lines that only say again who's named right below it."""
        lines = self.sign_off.splitlines()
        return "\n".join(line for line in lines if not _says_again(line, names)).strip()

    def clean(self) -> None:
        super().clean()
        missing_alt = [
            name
            for name in ("photo", "logo")
            if getattr(self, name) and not getattr(self, f"{name}_alt")
        ]
        if missing_alt:
            raise ValidationError({f"{name}_alt": SAY_IN_WORDS[name] for name in missing_alt})
        try:
            self.embed_sites = sites_clean(self.embed_sites)
        except ValidationError as error:
            raise ValidationError({"embed_sites": error}) from error
