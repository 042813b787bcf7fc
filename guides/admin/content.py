"""Admin pages for guides: editing, previews, test emails, and versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, ClassVar, cast

from adminsortable2.admin import SortableStackedInline
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import Model, Q
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.checker import Finding
from assessments.desk.drafts import file_response
from assessments.desk.findings import LocatedFinding
from assessments.desk.links import address_of
from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.parts.moves import OrderedFormSet
from assessments.desk.previews import with_styles
from assessments.desk.widgets import FOLDED, MarksHelpMixin
from assessments.hooks import Link
from assessments.publishing.pipeline import DraftStatus
from guides.admin.default_content import DefaultContentPages
from guides.admin.emails.form import EmailInline, EmailsBesideAdmin, SeriesInline
from guides.admin.emails.preview import MailPreview, guide_pictures, picture_response
from guides.admin.emails.testing import TestForm, test_sent_message
from guides.admin.findings import placed
from guides.admin.guide_words import GuideWordsAdmin
from guides.admin.library import GuideDeskMixin
from guides.content import ContentError
from guides.models import (
    EmailText,
    Exercise,
    Guide,
    GuideEdition,
    GuidePhase,
    Phase,
    Plan,
    PlanBlock,
    PlanStep,
    Reference,
    SharedRules,
)
from guides.pdf import render
from guides.pdf.papers import TYPST_PAPER
from guides.publishing.library import library_export
from guides.publishing.previews import LeftOutPreview, guide_preview, left_out_previews
from guides.publishing.sample_emails import (
    SampleNotSentError,
    guide_email_samples,
    guide_email_samples_send,
)
from guides.publishing.services import (
    EXERCISES_SLUG,
    guide_export,
    guide_overview,
    guide_publish,
)
from guides.publishing.validation import files_state
from runfit.lib.history import TEST_SENT

PAPERS = (("a4", "A4"), ("letter", _("US Letter")))
LEFT_OUT = _(
    "Your PDF held more than pages: scripts, forms that send, files inside, or links to other "
    "files. We left that out. Open it from here to see that it still looks right."
)


@dataclass(frozen=True)
class _LinkedFile:
    """An uploaded file with the URL of the view that serves it: uploads aren't public."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.name


class OwnPdfInput(AdminFileWidget):
    def format_value(self, value: Any) -> Any:
        if not isinstance(value, FieldFile) or not value:
            return None
        url = reverse("admin:guides_guide_upload", args=[value.instance.pk])
        return _LinkedFile(gettext("the PDF that you uploaded"), url)


class GuideForm(forms.ModelForm):
    left_out = False
    """Whether an uploaded PDF held anything active."""

    def clean_upload(self) -> Any:
        file = self.cleaned_data["upload"]
        if isinstance(file, UploadedFile):  # a new upload, not the stored file
            from guides.pdf import upload  # noqa: PLC0415 - pypdf takes 7 MB

            try:
                rebuilt = upload.pdf_rebuild(cast(IO[bytes], file), file.size or 0)
            except upload.PdfRefused as error:
                raise forms.ValidationError(str(error)) from error
            self.left_out = rebuilt.left_out
            return ContentFile(rebuilt.content, "guide.pdf")
        return file


class PhaseInline(GuideDeskMixin, admin.StackedInline):
    classes = FOLDED
    model = GuidePhase
    max_num = 3
    verbose_name_plural = _("the three phases")
    fields = (("number", "title", "picture"), "text")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 3


class ReferenceInline(GuideDeskMixin, SortableStackedInline):
    classes = FOLDED
    model = Reference
    formset = OrderedFormSet
    extra = 0
    fields = ("text", "url")


@admin.register(Guide)
class GuideAdmin(EmailsBesideAdmin, GuideDeskMixin, MarksHelpMixin, GuideWordsAdmin):
    menu = (
        MenuPlace(WRITE, 2, _("Guides")),
        MenuPlace(WRITE, 8, _("What comes with RunFit"), "guides_default_content", more=True),
    )
    form = GuideForm
    change_form_template = "admin/guides/guide/change_form.html"
    prose = ("secret_text",)
    list_display = ("title", "name_in_addresses", "live", "assessment", "in_language")
    list_select_related = ("assessment",)
    search_fields = ("title", "introduction")
    formfield_overrides: ClassVar[Any] = {
        **GuideDeskMixin.formfield_overrides,
        models.FileField: {"widget": OwnPdfInput},
    }
    inlines = (PhaseInline, ReferenceInline, EmailInline, SeriesInline)
    fieldsets = (
        (None, {"fields": ("title", "assessment", "language", "introduction")}),
        (_("What we know"), {"classes": FOLDED, "fields": ("evidence_known", "evidence_limits")}),
        (_("Safety"), {"classes": FOLDED, "fields": ("see_someone", "disclaimer")}),
        (_("Your secret"), {"fields": ("secret_title", "secret_text", "secret_invitation")}),
        (_("Instead of all this"), {"classes": FOLDED, "fields": ("upload",)}),
    )
    edition_model = GuideEdition
    publishing_takes = _(
        "First, we build and check each PDF that changes. The first time, that can take half a "
        "minute, so keep the page open."
    )
    unfinished = ContentError

    @admin.display(description=_("name in addresses"), ordering="slug")
    def name_in_addresses(self, guide: Guide) -> str:
        """Tells copies with the same title apart."""
        return guide.slug

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new guide has them all open: most of them are needed."""
        sets = super().get_fieldsets(request, obj)
        return sets if obj else [(name, {**options, "classes": ()}) for name, options in sets]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The self-check is fixed once the guide is published: changing it would take effect
        right away, and show one self-check's plans on another's results."""
        return ("assessment",) if obj and obj.live_number else ()

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(  # type: ignore[no-untyped-call]
            request, obj, inline, prefix
        )
        if isinstance(inline, PhaseInline) and not obj.pk:
            kwargs["initial"] = [{"number": number} for number in Phase.values]
        return kwargs

    def get_urls(self) -> list[URLPattern]:
        return [
            self.desk_path("preview", self.preview_view),
            self.desk_path("mail-picture", self.mail_picture_view, "<str:cid>/"),
            self.desk_path("upload", self.upload_view),
            self.desk_path("exercises", self.exercises_view),
            self.desk_path("look", self.look_view, "<str:profile>/<str:paper>/"),
            *DefaultContentPages(self).urls(),
            *super().get_urls(),
        ]

    def desk_links(self, draft: Guide) -> list[Link]:
        versions = reverse("admin:guides_guideedition_changelist")
        read = reverse("admin:assessments_assessment_read", args=[draft.assessment_id])
        return [
            Link(read, gettext("Read through")),
            Link(address_of(draft, "preview"), gettext("Preview guide and email")),
            Link(f"{address_of(draft, 'preview')}#test-mail", gettext("Test email")),
            Link(f"{versions}?guide__id__exact={draft.pk}", gettext("Versions"), more=True),
            Link(address_of(draft, "copy"), gettext("Make a copy")),
            Link(address_of(draft, "translate"), gettext("Translate")),
            Link(address_of(draft, "exercises"), gettext("Download the exercises"), more=True),
            *super().desk_links(draft),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.left_out:
            messages.warning(request, LEFT_OUT)

    def file_text(self, draft: Guide) -> str:
        return guide_export(slug=draft.slug)

    def exercises_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Downloads the exercises file, with all plans, which a guide's file depends on."""
        guide = self.draft_of(request, pk)
        try:
            text = library_export()
        except ContentError:
            return self.unfinished_page(request, guide, gettext("Download the exercises"))
        return file_response(request, guide, text, EXERCISES_SLUG)

    def overview(self, draft: Guide) -> tuple[DraftStatus, list[Finding]]:
        return guide_overview(guide=draft)

    def files_state(self, draft: Guide) -> object:
        return files_state(draft)

    def place(self, draft: Guide, findings: Sequence[Finding]) -> list[LocatedFinding]:
        return placed(draft, findings)

    def history_of(self, row: Model) -> Q:
        """Includes changes to exercises and plans."""
        related = (Exercise, SharedRules, Plan, PlanBlock, PlanStep)
        content_types = ContentType.objects.get_for_models(*related).values()
        return super().history_of(row) | Q(content_type__in=content_types)

    def publish_draft(self, draft: Guide, **how: Any) -> GuideEdition:
        return guide_publish(guide=draft, **how)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Links to the draft's PDFs, previews its emails, and sends test emails."""
        guide = self.draft_of(request, pk)
        form = TestForm(request.POST or None, initial={"to": cast(User, request.user).email})
        if form.is_valid():
            return self._send_test(request, guide, form.cleaned_data["to"])
        try:
            samples = guide_email_samples(guide=guide, to=form.initial["to"] or "you")
        except ContentError:
            return self.unfinished_page(request, guide, gettext("Preview guide and email"))
        names, pictures = dict(EmailText.Kind.choices), guide_pictures(guide)
        mails = [
            (names.get(kind, gettext("comes during the plan")), MailPreview.of(mail, pictures))
            for kind, mail in samples.items()
        ]
        response = self.desk_page(
            request,
            "admin/guides/guide/preview.html",
            guide,
            gettext("Preview guide and email"),
            form=form,
            pdfs=self._pdfs(guide),
            mails=mails,
            left_out=self._left_out(guide),
        )
        return with_styles(response, [preview for _, mail in mails for preview in mail.previews])

    def mail_picture_view(self, request: HttpRequest, pk: int, cid: str) -> HttpResponse:
        """A picture inside the draft's emails, for their previews."""
        guide = self.draft_of(request, pk)
        try:
            samples = guide_email_samples(guide=guide, to="you").values()
        except ContentError as error:
            raise Http404 from error
        return picture_response(samples, cid)

    def _send_test(self, request: HttpRequest, guide: Guide, to: str) -> HttpResponse:
        try:
            guide_email_samples_send(guide=guide, to=to)
        except ContentError:  # the page lists what to fix
            messages.error(request, gettext("Not sent. The draft isn't finished."))
        except SampleNotSentError as error:
            messages.error(request, gettext("Not sent. {reason}").format(reason=error))
        else:
            self.log_change(request, guide, TEST_SENT)
            messages.success(request, test_sent_message(to))
        return HttpResponseRedirect(address_of(guide, "preview"))

    def _pdfs(self, guide: Guide) -> list[tuple[str, list[Link]]]:
        """Links to the PDFs of each result type that has a plan, in both paper sizes."""
        plans = Plan.objects.filter(profile__assessment=guide.planned_for)
        plans = plans.select_related("profile").order_by("profile__position")
        return [
            (
                plan.profile.title,
                [Link(_look(guide, plan.profile.key, paper), str(name)) for paper, name in PAPERS],
            )
            for plan in plans
            if plan.profile
        ]

    def _left_out(self, guide: Guide) -> list[tuple[LeftOutPreview, list[Link]]]:
        """What safety items leave out, with links to the PDFs that are different for them."""
        return [
            (
                preview,
                [
                    Link(f"{_look(guide, key, PAPERS[0][0])}?checked={preview.item}", title)
                    for key, title in preview.profiles
                ],
            )
            for preview in left_out_previews(guide=guide)
        ]

    def look_view(self, request: HttpRequest, pk: int, profile: str, paper: str) -> HttpResponse:
        """The draft's PDF for one result type."""
        guide = self.draft_of(request, pk)
        if paper not in TYPST_PAPER:
            raise Http404
        try:
            pdf = guide_preview(
                guide=guide, profile=profile, paper=paper, checked=request.GET.getlist("checked")
            )
        except render.PlanMissingError as error:
            raise Http404 from error
        except ContentError:
            return HttpResponseRedirect(address_of(guide, "publish"))
        except render.UnbuildableError as error:
            messages.error(
                request,
                gettext("The PDF of this guide can't be made: {reason}").format(reason=error),
            )
            return HttpResponseRedirect(address_of(guide, "preview"))
        return HttpResponse(pdf, content_type="application/pdf")

    def upload_view(self, request: HttpRequest, pk: int) -> FileResponse:
        guide = self.draft_of(request, pk)
        if not guide.upload:
            raise Http404
        return FileResponse(guide.upload.open(), as_attachment=True, filename=f"{guide.slug}.pdf")


def _look(guide: Guide, profile: str, paper: str) -> str:
    return reverse("admin:guides_guide_look", args=[guide.pk, profile, paper])
