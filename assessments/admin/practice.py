"""Who stands behind the site."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from solo.admin import SingletonModelAdmin

from assessments import selectors, services
from assessments.admin.base import MARKDOWN, LongText
from assessments.admin.history import WithHistory
from assessments.admin.looks import Look, more_practice_looks, with_styles
from assessments.hooks import gather
from assessments.models import Practice
from assessments.pages import home_page


class ColourInput(forms.TextInput):
    input_type = "color"


class PracticeForm(forms.ModelForm):
    """What shows in guides is tried in each of them before it is saved."""

    warnings: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed():
            return
        found = services.practice_check(practice=self.instance, fresh=self._fresh())
        for finding in found:
            if finding.severity == "error":
                self.add_error(None, finding.message)
        self.warnings = tuple(each.message for each in found if each.severity == "warning")

    def _fresh(self) -> dict[str, bytes]:
        """The new pictures, by their names."""
        files = [each for each in self.cleaned_data.values() if isinstance(each, ContentFile)]
        fresh = {str(file.name): file.read() for file in files}
        for file in files:
            file.seek(0)
        return fresh


@admin.register(Practice)
class PracticeAdmin(WithHistory, SingletonModelAdmin):
    """Saving stays on the page, where its effect shows."""

    form = PracticeForm
    change_form_template = "admin/assessments/practice.html"
    formfield_overrides = {
        models.TextField: {"widget": LongText},
        models.URLField: {"assume_scheme": "https"},
    }
    fieldsets = (
        (None, {"fields": ("name", "credentials", "postal_address", "booking_link")}),
        ("Looks", {"fields": ("accent_colour", "logo", "logo_alt", "photo", "photo_alt")}),
        ("Emails", {"fields": ("sender_name", "sender_address", "reply_to", "sign_off")}),
        ("Privacy", {"fields": ("privacy_notice",)}),
    )

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "accent_colour":
            kwargs["widget"] = ColourInput()
        elif db_field.name == "privacy_notice":
            kwargs["widget"] = LongText({"rows": 24})
            kwargs["help_text"] = f"{db_field.help_text} {MARKDOWN}"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Without its name above: after a mistake that would be the one that was not saved."""
        looks = practice_looks(request)
        context |= {"looks": looks, "subtitle": None}
        response = super().render_change_form(request, context, *args, **kwargs)
        return with_styles(response, looks)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        messages.success(request, "Saved. Pages and emails show it from now on.")
        return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for warning in form.warnings:
            messages.warning(request, warning)
        transaction.on_commit(selectors.forget)  # shows at once


def practice_looks(request: HttpRequest) -> list[Look]:
    """Where runners meet the practice."""
    home = Look("The first page", "phone", home_page(request).content.decode())
    return [home, *gather(more_practice_looks, request)]
