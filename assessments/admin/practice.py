"""Admin of the practice: name, branding, sender and privacy notice."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from solo.admin import SingletonModelAdmin

from assessments import hooks, selectors
from assessments.checker import Finding
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.forms import reject_alt_without_file
from assessments.desk.menu import PRACTICE, MenuPlace
from assessments.desk.previews import with_styles
from assessments.desk.widgets import FOLDED, MARKDOWN, LongTextarea
from assessments.embed_sites import readable
from assessments.emergency_numbers import country_choices
from assessments.hooks import Preview
from assessments.models import Practice
from assessments.publishing.services import practice_check
from assessments.runner.site.components import component_context
from assessments.runner.site.pages import home_page
from assessments.runner.site.practice_texts import CONTACT
from runfit.lib import caching
from runfit.lib.history import KEPT_UNSEEN
from runfit.lib.hooks import gather
from runfit.lib.models import columns
from runfit.lib.shared_pages import text_of
from runfit.lib.translation import translated

CONTACT_HELP = _(
    "“{contact}” becomes how to reach you: replies to your emails, your postal address, or both."
)
CHANGED_MEANWHILE = _(
    "Someone else saved this page while we were trying yours in the guides. Save it again."
)

NOT_SHOWN = _(
    "Runners don't see your name, credentials, or photo yet. If you're fine with that, check “Show "
    "me to runners”."
)
KEEPS_UNSEEN = _(
    "OK, we won't ask again. To show who you are later, open your practice and check “Show me to "
    "runners”."
)


class ColorInput(forms.TextInput):
    input_type = "color"


@dataclass(frozen=True, slots=True)
class PracticeCheck:
    """Findings from building every guide with a practice, and the column values it had then."""

    columns: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def messages(self, severity: str) -> list[str]:
        return [finding.message for finding in self.findings if finding.severity == severity]


def _columns(practice: Practice) -> tuple[str, ...]:
    """All column values as text. A picture's file name identifies its content."""
    return tuple(str(getattr(practice, field.attname)) for field in columns(practice))


class SitesField(forms.CharField):
    """Shows sites in their own letters. They're stored as browsers spell them."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(readable, value.splitlines())) if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), self.prepare_value(data))


class PracticeForm(forms.ModelForm):
    """Checks a practice against every guide before saving. One form runs the checks; a second
    form, bound to the same data, saves only if the practice is still the one that was checked."""

    check: PracticeCheck | None = None

    class Meta:
        field_classes: ClassVar[Any] = {"embed_sites": SitesField}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("photo", "logo"):
            if name in data and not data[name]:
                reject_alt_without_file(self, name)
        return data

    def run_checks(self) -> PracticeCheck:
        """Builds no guides if the form is invalid or unchanged."""
        if not self.is_valid() or not self.has_changed():
            return PracticeCheck()
        findings = practice_check(practice=self.instance, fresh=self._uploads())
        return PracticeCheck(_columns(self.instance), tuple(findings))

    def full_clean(self) -> None:
        """Compares columns only after `clean`, which completes the instance."""
        super().full_clean()
        if self.check is None or self.errors or not self.has_changed():
            return
        if self.check.columns != _columns(self.instance):
            self.add_error(None, CHANGED_MEANWHILE)
        for message in self.check.messages("error"):
            self.add_error(None, message)

    def _uploads(self) -> dict[str, bytes]:
        """New pictures by file name."""
        files = [value for value in self.cleaned_data.values() if isinstance(value, ContentFile)]
        uploads = {str(file.name): file.read() for file in files}
        for file in files:
            file.seek(0)
        return uploads


@admin.register(Practice)
class PracticeAdmin(HistoryAdmin, SingletonModelAdmin):
    """Admin of the single practice row. Saving stays on the page, next to the previews."""

    menu = (MenuPlace(PRACTICE, 1),)
    form = PracticeForm
    change_form_template = "admin/assessments/practice.html"
    formfield_overrides = {
        models.TextField: {"widget": LongTextarea},
        models.URLField: {"assume_scheme": "https"},
    }
    fieldsets = (
        (None, {"fields": ("name", "postal_address", "country", "booking_link")}),
        (_("You"), {"fields": ("credentials", "photo", "photo_alt", "shown")}),
        (_("Looks"), {"fields": ("accent_colour", "logo", "logo_alt", "components")}),
        (_("Your articles"), {"fields": ("embed_sites",)}),
        (_("Emails"), {"fields": ("sender_name", "sender_address", "reply_to", "sign_off")}),
        (_("Privacy"), {"fields": ("privacy_notice",)}),
        (_("Accessibility"), {"classes": FOLDED, "fields": ("accessibility_statement",)}),
    )

    readonly_fields = ("components",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "assessments_practice"
        return [
            path("components/", view(self.components_view), name=f"{name}_components"),
            path("keep-unseen/", view(self.keep_unseen_view), name=f"{name}_keep_unseen"),
            *super().get_urls(),
        ]

    @admin.display(description=_("on your pages"))
    def components(self, practice: Practice) -> SafeString:
        address = reverse("admin:assessments_practice_components")
        return format_html(
            '<a href="{}">{}</a>', address, gettext("See every part of the pages in your color")
        )

    def components_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, "admin/assessments/components.html", component_context())

    def keep_unseen_view(self, request: HttpRequest) -> HttpResponse:
        """Notes that runners are meant not to see who she is, so that no alert asks again."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self.log_change(request, Practice.get_solo(), KEPT_UNSEEN)
            messages.success(request, KEEPS_UNSEEN)
        return HttpResponseRedirect(reverse("admin:index"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Runs the checks before Django opens its transaction: building all guides takes seconds,
        and on SQLite an open write transaction blocks every runner."""
        if request.method == "POST" and object_id is not None:
            request.practice_check = self._check(request, object_id)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _check(self, request: HttpRequest, object_id: str) -> PracticeCheck:
        practice = self.get_object(request, unquote(object_id))
        if practice is None or not self.has_change_permission(request, practice):
            return PracticeCheck()
        request.edit_conflicts = EditConflicts(request)  # type: ignore[attr-defined]
        form = self.get_form(request, practice, change=True)
        check: PracticeCheck = form(request.POST, request.FILES, instance=practice).run_checks()
        return check

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.check = getattr(request, "practice_check", None)
        return form

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "accent_colour":
            kwargs["widget"] = ColorInput()
        elif db_field.name in {"privacy_notice", "accessibility_statement"}:
            kwargs["widget"] = LongTextarea({"rows": 24})
            contact = CONTACT_HELP.format(contact=CONTACT)
            kwargs["help_text"] = f"{db_field.help_text} {MARKDOWN} {contact}"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "country" and isinstance(field, forms.ChoiceField):
            field.choices = [(code, translated(name)) for code, name in country_choices()]
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Hides the subtitle: after a validation error it would show the unsaved name."""
        previews = practice_previews(request)
        context |= {"previews": previews, "subtitle": None}
        response = super().render_change_form(request, context, *args, **kwargs)
        return with_styles(response, previews)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        messages.success(request, _("Saved. Pages and emails show it from now on."))
        if not obj.introduced and (obj.credentials or obj.photo):
            messages.warning(request, NOT_SHOWN)
        return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for warning in form.check.messages("warning"):
            messages.warning(request, warning)
        transaction.on_commit(caching.clear)


def practice_previews(request: HttpRequest) -> list[Preview]:
    """Previews of the pages and emails that show the practice."""
    home = home_page(request, selectors.edition_default())
    first = Preview(gettext("Home page"), "phone", text_of(home))
    return [first, *gather(hooks.practice_previews, request)]
