"""Guides: their words, a look at them before anyone else has one, and their versions."""

from dataclasses import dataclass
from typing import IO, Any, ClassVar, cast

from adminsortable2.admin import SortableAdminBase, SortableStackedInline
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import Max, QuerySet
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join

from assessments.admin.base import ReadOnly
from assessments.admin.signing import Signing
from assessments.services import PublishRefused
from guides import pdf, services, upload
from guides.admin.library import Desk
from guides.content import ContentError
from guides.models import EmailText, Guide, GuideEdition, GuidePhase, Phase, Plan, Reference


@dataclass(frozen=True)
class _Linked:
    """A file as the form shows it: uploads are not on the web, so that a view of ours serves it."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.name


class OwnPdfInput(AdminFileWidget):
    def format_value(self, value: Any) -> Any:
        if not isinstance(value, FieldFile) or not value:
            return None
        url = reverse("admin:guides_guide_upload", args=[value.instance.pk])
        return _Linked("the PDF that you uploaded", url)


class GuideForm(forms.ModelForm):
    def clean_upload(self) -> Any:
        file = self.cleaned_data["upload"]
        if isinstance(file, UploadedFile):  # not the one that was taken before, nor none
            try:
                upload.pdf_check(cast(IO[bytes], file), file.size or 0)
            except upload.Refused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return file


class PhaseInline(Desk, admin.StackedInline):
    model = GuidePhase
    max_num = 3
    verbose_name_plural = "the three phases"
    fields = (("number", "title", "picture"), "text")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 3


class ReferenceInline(Desk, SortableStackedInline):  # type: ignore[misc]
    model = Reference
    extra = 0
    fields = ("text", "url")


class EmailInline(Desk, admin.StackedInline):
    model = EmailText
    verbose_name_plural = "the words of its email"
    max_num = len(EmailText.Kind.choices)
    fields = ("kind", "subject", "preview", "body", "button")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


class PublishForm(forms.Form):
    note = forms.CharField(
        label="What changed",
        required=False,
        max_length=300,
        help_text="For you, in the list of versions. For example: easier bridge",
    )
    reviewed_by = forms.CharField(
        label="Reviewed by",
        required=False,
        max_length=200,
        help_text="The clinician who has read all of it. While this is empty, the guide says that "
        "it is a draft. You can sign it later too.",
    )


@admin.register(Guide)
class GuideAdmin(Desk, SortableAdminBase, admin.ModelAdmin):
    form = GuideForm
    list_display = ("title", "assessment", "live", "language")
    list_select_related = ("assessment",)
    search_fields = ("title", "introduction")
    readonly_fields = ("links",)
    actions = ("publish",)
    formfield_overrides: ClassVar[Any] = {
        **Desk.formfield_overrides,
        models.FileField: {"widget": OwnPdfInput},
    }
    inlines = (PhaseInline, ReferenceInline, EmailInline)
    fieldsets = (
        (None, {"fields": ("links", "title", "assessment", "language", "introduction")}),
        ("What is known", {"fields": ("evidence_known", "evidence_limits")}),
        ("Safety", {"fields": ("see_someone", "disclaimer")}),
        ("Your secret", {"fields": ("secret_title", "secret_text", "secret_invitation")}),
        ("Instead of all this", {"classes": ("collapse",), "fields": ("upload",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guide]:
        guides: QuerySet[Guide] = super().get_queryset(request)
        return guides.annotate(live_number=Max("editions__number"))

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
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(self.publish_view), name="guides_guide_publish"),
            path("<int:pk>/upload/", view(self.upload_view), name="guides_guide_upload"),
            path(
                "<int:pk>/look/<str:profile>/<str:paper>/",
                view(self.look_view),
                name="guides_guide_look",
            ),
            *super().get_urls(),
        ]

    @admin.display(description="live", ordering="live_number")
    def live(self, guide: Any) -> str:
        number = guide.live_number
        return f"Version {number}" if number else "Not published"

    @admin.display(description="look and publish")
    def links(self, guide: Guide) -> str:
        """The draft as PDF, for each result type, and the way to publish it."""
        if not guide.pk:
            return "Save it first. Then you can look at it and publish it."
        plans = Plan.objects.filter(profile__assessment=guide.assessment_id)
        links = [
            (self._look(guide, plan.profile.key, paper), f"{plan.profile.title} ({name})")
            for plan in plans.select_related("profile")
            for paper, name in (("a4", "A4"), ("letter", "Letter"))
        ]
        publish = reverse("admin:guides_guide_publish", args=[guide.pk])
        links.append((publish, "Check and publish"))
        return format_html_join("", '<p><a href="{}">{}</a></p>', links)

    def _look(self, guide: Guide, profile: str, paper: str) -> str:
        return reverse("admin:guides_guide_look", args=[guide.pk, profile, paper])

    @admin.action(description="Check and publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Guide]) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, "Pick one guide to publish.", messages.WARNING)
            return None
        return HttpResponseRedirect(reverse("admin:guides_guide_publish", args=[queryset.get().pk]))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("guides.add_guideedition")

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was found, and a form where nothing blocks."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        guide = get_object_or_404(Guide, pk=pk)
        form = PublishForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._publish(request, guide, form.cleaned_data)
        findings = services.guide_check(guide=guide)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Check and publish: {guide}",
            "opts": self.opts,
            "guide": guide,
            "form": form,
            "findings": findings,
            "blocked": any(finding.severity == "error" for finding in findings),
        }
        return TemplateResponse(request, "admin/guides/guide/publish.html", context)

    def _publish(self, request: HttpRequest, guide: Guide, data: dict[str, Any]) -> HttpResponse:
        try:
            edition = services.guide_publish(guide=guide, user=cast(User, request.user), **data)
        except PublishRefused as refused:
            messages.error(request, "Not published.")
            for finding in refused.findings:
                messages.error(request, f"{finding.where}: {finding.message}")
        else:
            self.log_change(request, guide, f"Published version {edition.number}.")
            messages.success(request, f"Version {edition.number} is live.")
        return HttpResponseRedirect(reverse("admin:guides_guide_change", args=[guide.pk]))

    def look_view(self, request: HttpRequest, pk: int, profile: str, paper: str) -> HttpResponse:
        """The draft of one result type as PDF."""
        guide = self._viewable(request, pk)
        if paper not in pdf.TYPST_PAPER:
            raise Http404
        try:
            look = services.guide_preview(guide=guide, profile=profile, paper=paper)
        except pdf.PlanMissingError as error:
            raise Http404 from error
        except ContentError:
            return HttpResponseRedirect(reverse("admin:guides_guide_publish", args=[pk]))
        return HttpResponse(look, content_type="application/pdf")

    def upload_view(self, request: HttpRequest, pk: int) -> FileResponse:
        guide = self._viewable(request, pk)
        if not guide.upload:
            raise Http404
        return FileResponse(guide.upload.open(), as_attachment=True, filename=f"{guide.slug}.pdf")

    def _viewable(self, request: HttpRequest, pk: int) -> Guide:
        guide = get_object_or_404(Guide, pk=pk)
        if not self.has_view_permission(request, guide):
            raise PermissionDenied
        return guide


@admin.register(GuideEdition)
class GuideEditionAdmin(ReadOnly, Signing, admin.ModelAdmin):
    list_display = ("__str__", "published_at", "published_by", "note", "reviewed_by")
    list_filter = ("guide", "published_at")
    list_select_related = ("guide", "published_by")
    search_fields = ("note", "reviewed_by", "guide__title")
    fields = (
        "guide", "number", "published_at", "published_by", "note", "reviewed_by", "own_pdf",
        "sha256",
    )  # fmt: skip
    readonly_fields = ("own_pdf",)
    sign_edition = staticmethod(services.guide_edition_sign)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuideEdition]:
        return super().get_queryset(request).defer("content")

    @admin.display(description="your own PDF", boolean=True)
    def own_pdf(self, edition: GuideEdition) -> bool:
        return bool(edition.upload)
