"""Draft guides and their immutable, published editions."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.content import (
    LINE_LENGTH,
    MOST_SUBJECTS,
    SERIES_DAYS,
    TEXT_LENGTH,
    VARIABLES,
    has_lone_brace,
    text_variables,
)
from guides.content.marks import partial_links
from guides.models.base import Worded, new_key
from guides.models.library import Phase
from runfit.lib.models import Snapshot
from runfit.lib.uploads import UploadField

PARAGRAPHS = _("One paragraph per line.")
KNOWN_VARIABLES = ", ".join(f"{{{name}}}" for name in VARIABLES)


def check_links(field: str, text: str) -> None:
    """Raises ValidationError for a link that leads nowhere from an email or from paper."""
    if partial := next(partial_links(text), None):
        message = gettext(
            "The link to “{start}” needs a whole address, such as https://example.org."
        )
        raise ValidationError({field: message.format(start=partial)})


class Guide(Worded):
    """A draft guide. Runners see only its published editions."""

    slug = models.SlugField(max_length=64, unique=True, editable=False)
    title = models.CharField(
        max_length=LINE_LENGTH, help_text=_("For example: The strength guide for tight hips")
    )
    language = models.CharField(
        max_length=3,
        default="en",
        validators=[RegexValidator("^[a-z]{2,3}$", _("Two or three small letters, such as en."))],
        help_text=_("The language it is written in: en, de, es …"),
    )
    assessment = models.ForeignKey(
        "assessments.Assessment",
        models.PROTECT,
        related_name="guides",
        verbose_name=_("self-check"),
        help_text=_("Whose results offer this guide."),
    )
    introduction = models.TextField(help_text=PARAGRAPHS)
    evidence_known = models.TextField(_("what studies found"), help_text=PARAGRAPHS)
    evidence_limits = models.TextField(_("what they don't show"), help_text=PARAGRAPHS)
    see_someone = models.TextField(
        _("when to see someone"),
        help_text=_(
            "One per line. A line that ends with a colon leads the lines below it. {emergency} "
            "becomes the emergency number."
        ),
    )
    disclaimer = models.TextField(max_length=TEXT_LENGTH)
    secret_title = models.CharField(_("title of the secret"), max_length=LINE_LENGTH)
    secret_text = models.TextField(
        _("the secret"),
        max_length=TEXT_LENGTH,
        help_text=_("What you're working on, in your own voice."),
    )
    secret_invitation = models.TextField(
        _("invitation to hear first"),
        max_length=TEXT_LENGTH,
        help_text=_(
            "Shown next to the button “Tell me first”. Anyone who taps it agrees to these words."
        ),
    )
    upload = UploadField(
        _("your own PDF"),
        upload_to="guides/uploads/",
        blank=True,
        help_text=_("Replaces the guide that RunFit builds, for every result type."),
    )

    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="translations",
        verbose_name="translates",
    )
    translated_from = models.JSONField(
        null=True,
        editable=False,
        help_text="The words that each text was translated from. Nothing: it has its own plans.",
    )
    library_words = models.JSONField(
        default=dict,
        editable=False,
        help_text="Its words for the plans, exercises, and rules of the guide that it translates.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def follows(self) -> "Guide | None":
        """The guide that it translates, whose plans and exercises it has."""
        return None if self.translated_from is None else self.translation_of

    @property
    def planned_for(self) -> int:
        """The self-check whose plans it has."""
        return (self.follows or self).assessment_id

    def clean(self) -> None:
        super().clean()
        check_links("secret_text", self.secret_text)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            taken = set(Guide.objects.values_list("slug", flat=True))
            self.slug = new_key(self.title, taken=taken, fallback="guide")
        super().save(*args, **kwargs)


class LoadedContent(models.Model):
    """A content file that was loaded once, and what the draft took from the default content since.

    Startup never loads it again, whatever the PT renamed, deleted, or copied since, so deleted
    content doesn't come back and startup doesn't fail. The desk offers a new edition that comes in
    a later release.
    """

    name = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    taken = models.CharField(
        max_length=64,
        blank=True,
        help_text="Fingerprint of the default content's file that the draft took as a whole. Blank "
        "for files of other content.",
    )
    declined = models.CharField(
        max_length=64, blank=True, help_text="Fingerprint of the one that the PT put away."
    )
    # Texts of JSON, since PostgreSQL's own doesn't keep the order of keys.
    base = models.TextField(
        blank=True,
        help_text="What the draft took from the default content, as file data. Blank if not known.",
    )

    def __str__(self) -> str:
        return self.name


class TakeOver(models.Model):
    """The last time that the drafts took over default content, and what they were before."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)
    parts = models.TextField(help_text="What was taken over, in words.")
    before = models.TextField(help_text="The drafts before, as file data.")

    def __str__(self) -> str:
        return gettext("Taken over by {who}").format(who=self.by)


class GuidePhase(Worded):
    """One of the three phases of a guide, with its image in the cake metaphor."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="phases")
    number = models.PositiveSmallIntegerField(_("phase"), choices=Phase)
    title = models.CharField(
        max_length=LINE_LENGTH, help_text=_("For example: Activate the glutes")
    )
    picture = models.CharField(max_length=LINE_LENGTH, help_text=_("For example: The frosting"))
    text = models.TextField(max_length=TEXT_LENGTH)

    class Meta:
        verbose_name = _("phase")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="guide_phase_unique"),
            models.CheckConstraint(condition=Q(number__in=Phase.values), name="guide_phase_number"),
        ]

    def __str__(self) -> str:
        return self.title


class Reference(Worded):
    """A source in the guide's list of references."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="references")
    text = models.TextField(
        _("source"), max_length=TEXT_LENGTH, help_text=_("Who, what, where, when, in one line.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class EmailWords(Worded):
    """The words of an email. Its button is the link."""

    texts: ClassVar[tuple[str, ...]] = ("subject", "preview", "body", "button")

    subject = models.CharField(
        max_length=LINE_LENGTH,
        help_text=_(
            "Don't mention health: other people may see it. For example: Your guide from {practice}"
        ),
    )
    preview = models.CharField(
        max_length=LINE_LENGTH,
        help_text=_("The line that mail programs show next to the subject. Don't mention health."),
    )
    body = models.TextField(
        help_text=format_lazy(
            _(
                "One paragraph per line. You can use {variables}. The days are how long the link "
                "to the guide works. In the email four weeks later, they're how long ago the "
                "runner said yes."
            ),
            variables=KNOWN_VARIABLES,
        )
    )
    button = models.CharField(max_length=LINE_LENGTH, help_text=_("For example: Open your guide"))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        check_links("body", self.body)
        for name in self.texts:
            unknown = sorted(text_variables(getattr(self, name)) - set(VARIABLES))
            if unknown:
                message = gettext("{unknown} doesn't work here. Use {variables}.").format(
                    unknown=f"{{{unknown[0]}}}", variables=KNOWN_VARIABLES
                )
                raise ValidationError({name: message})
            if has_lone_brace(getattr(self, name)):
                message = gettext("There's a stray curly bracket here. Use {variables}.").format(
                    variables=KNOWN_VARIABLES
                )
                raise ValidationError({name: message})


class EmailText(EmailWords):
    """An email of which a guide has one."""

    texts = (*EmailWords.texts, "other_subjects")

    class Kind(models.TextChoices):
        GUIDE = "guide", _("brings the guide")
        FOLLOW_UP = "follow_up", _("invites them to retake the check, four weeks later")

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="emails")
    kind = models.CharField(_("which email"), max_length=16, choices=Kind, default=Kind.GUIDE)
    other_subjects = models.TextField(
        _("more subject lines"),
        blank=True,
        db_default="",
        default="",
        help_text=_(
            "Only for the email that brings the guide: up to two more, one per line. Each runner "
            "gets one of the lines, and the numbers show how many then opened the guide."
        ),
    )

    class Meta:
        verbose_name = _("email text")
        constraints = [
            models.UniqueConstraint(fields=["guide", "kind"], name="guide_email_unique"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        super().clean()
        self._check_subjects()

    def _check_subjects(self) -> None:
        """Raises ValidationError if its subject lines can't be shared out among runners."""
        others = [line.strip() for line in self.other_subjects.split("\n") if line.strip()]
        lines = [self.subject.strip(), *others]
        if others and self.kind != self.Kind.GUIDE:
            message = gettext(
                "Only the email that brings the guide can have more than one subject line."
            )
        elif len(lines) > MOST_SUBJECTS:
            message = gettext("Keep {number} lines at most, besides the subject above.").format(
                number=MOST_SUBJECTS - 1
            )
        elif any(len(line) > LINE_LENGTH for line in others):
            message = gettext("Keep each line to {number} characters.").format(number=LINE_LENGTH)
        elif len(set(lines)) < len(lines):
            message = gettext("Two of the subject lines are the same. Change one, or take it out.")
        else:
            return
        raise ValidationError({"other_subjects": message})


class SeriesEmail(EmailWords):
    """An email of a guide's series, which runners get during their plan if they said yes."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="series")
    days = models.PositiveSmallIntegerField(
        _("day"),
        validators=[MinValueValidator(1), MaxValueValidator(SERIES_DAYS)],
        help_text=_(
            "How many days after the guide it goes out: 1 is the next day. No one gets it "
            "after the last week of their plan."
        ),
    )

    class Meta:
        verbose_name = _("email of the series")
        verbose_name_plural = _("emails of the series")
        ordering = ["days"]
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "days"],
                name="series_day_unique",
                violation_error_message=_("Another email of the series has this day already."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Day {number}").format(number=self.days)


class GuideEdition(Snapshot):
    """A published snapshot of a guide with its plans and exercises."""

    guide = models.ForeignKey(Guide, models.PROTECT, related_name="editions")
    content = models.TextField(help_text="Canonical JSON, exactly the bytes that were hashed.")
    upload = models.FileField(_("the PT's own PDF"), blank=True, max_length=200)
    upload_mark = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Its length and hash."
    )

    class Meta:
        verbose_name = _("version of a guide")
        verbose_name_plural = _("versions of guides")
        ordering = ["guide", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="guide_edition_number_unique"),
        ]

    def __str__(self) -> str:
        return gettext("{guide}, version {number}").format(guide=self.guide, number=self.number)


class GuideFault(models.Model):
    """A fault in a guide's PDF: recorded when a runner requests it, deleted once the PDF is
    complete again, and no longer reported after a day without requests. Missing files need no row:
    they're looked up."""

    edition = models.ForeignKey(GuideEdition, models.CASCADE, related_name="faults")
    profile = models.CharField(max_length=64)
    paper = models.CharField(max_length=8)
    reason = models.TextField(blank=True)
    left_out = models.JSONField(default=list, help_text="The files of pictures that are not in it.")
    skip_for = models.JSONField(
        default=list, help_text="The safety items whose runners got it: it has other exercises."
    )
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "profile", "paper"], name="guide_fault_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}, {self.profile}, {self.paper}"
