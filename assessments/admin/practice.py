"""Who stands behind the site."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from solo.admin import SingletonModelAdmin

from assessments import hooks
from assessments.checker import Finding
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.forms import refuse_words_alone
from assessments.desk.previews import with_styles
from assessments.desk.widgets import MARKDOWN, LongTextarea
from assessments.hooks import Preview
from assessments.models import Practice
from assessments.publishing.services import practice_check
from assessments.runner.rendering import home_page
from runfit.lib import caching
from runfit.lib.hooks import gather
from runfit.lib.models import columns

CHANGED_MEANWHILE = (
    "Somebody else saved this page while yours was tried in the guides. Save it again."
)


class ColorInput(forms.TextInput):
    input_type = "color"


@dataclass(frozen=True, slots=True)
class PracticeCheck:
    """What was found when a practice was tried in each guide. `of` are its columns."""

    of: tuple[str, ...] = ()
    found: tuple[Finding, ...] = ()

    def messages(self, severity: str) -> list[str]:
        return [each.message for each in self.found if each.severity == severity]


def _columns(practice: Practice) -> tuple[str, ...]:
    """The name of a picture tells its content."""
    return tuple(str(getattr(practice, each.attname)) for each in columns(practice))


class PracticeForm(forms.ModelForm):
    """What shows in guides is tried in each of them before it is saved: one form is proved, the
    next one is saved as it was proved."""

    proof: PracticeCheck | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("photo", "logo"):
            if name in data and not data[name]:
                refuse_words_alone(self, name)
        return data

    def prove(self) -> PracticeCheck:
        """A form that is refused anyway builds no guide."""
        if not self.is_valid() or not self.has_changed():
            return PracticeCheck()
        found = practice_check(practice=self.instance, fresh=self._fresh())
        return PracticeCheck(_columns(self.instance), tuple(found))

    def full_clean(self) -> None:
        """What was proved is compared with the whole practice, which fields and `clean` make."""
        super().full_clean()
        if self.proof is None or self.errors or not self.has_changed():
            return
        if self.proof.of != _columns(self.instance):
            self.add_error(None, CHANGED_MEANWHILE)
        for message in self.proof.messages("error"):
            self.add_error(None, message)

    def _fresh(self) -> dict[str, bytes]:
        """The new pictures, by their names."""
        files = [each for each in self.cleaned_data.values() if isinstance(each, ContentFile)]
        fresh = {str(file.name): file.read() for file in files}
        for file in files:
            file.seek(0)
        return fresh


@admin.register(Practice)
class PracticeAdmin(HistoryAdmin, SingletonModelAdmin):
    """Saving stays on the page, where its effect shows."""

    form = PracticeForm
    change_form_template = "admin/assessments/practice.html"
    formfield_overrides = {
        models.TextField: {"widget": LongTextarea},
        models.URLField: {"assume_scheme": "https"},
    }
    fieldsets = (
        (None, {"fields": ("name", "credentials", "postal_address", "booking_link")}),
        ("Looks", {"fields": ("accent_colour", "logo", "logo_alt", "photo", "photo_alt")}),
        ("Emails", {"fields": ("sender_name", "sender_address", "reply_to", "sign_off")}),
        ("Privacy", {"fields": ("privacy_notice",)}),
    )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Proved before Django opens the transaction that saves it: to build all guides takes
        seconds, and on SQLite whoever writes holds up every runner."""
        if request.method == "POST" and object_id is not None:
            request.proof = self._prove(request, object_id)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _prove(self, request: HttpRequest, object_id: str) -> PracticeCheck:
        practice = self.get_object(request, unquote(object_id))
        if practice is None or not self.has_change_permission(request, practice):
            return PracticeCheck()
        request.meanwhile = EditConflicts(request)  # type: ignore[attr-defined]
        form = self.get_form(request, practice, change=True)
        proof: PracticeCheck = form(request.POST, request.FILES, instance=practice).prove()
        return proof

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.proof = getattr(request, "proof", None)
        return form

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "accent_colour":
            kwargs["widget"] = ColorInput()
        elif db_field.name == "privacy_notice":
            kwargs["widget"] = LongTextarea({"rows": 24})
            kwargs["help_text"] = f"{db_field.help_text} {MARKDOWN}"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Without its name above: after a mistake that would be the one that was not saved."""
        previews = practice_previews(request)
        context |= {"previews": previews, "subtitle": None}
        response = super().render_change_form(request, context, *args, **kwargs)
        return with_styles(response, previews)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        messages.success(request, "Saved. Pages and emails show it from now on.")
        return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for warning in form.proof.messages("warning"):
            messages.warning(request, warning)
        transaction.on_commit(caching.clear)  # shows at once


def practice_previews(request: HttpRequest) -> list[Preview]:
    """Where runners meet the practice."""
    home = Preview("The first page", "phone", home_page(request).content.decode())
    return [home, *gather(hooks.practice_previews, request)]
