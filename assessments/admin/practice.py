"""Who stands behind the site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from solo.admin import SingletonModelAdmin

from assessments import selectors
from assessments.admin.base import LongText
from assessments.models import Practice


class ColourInput(forms.TextInput):
    input_type = "color"


@admin.register(Practice)
class PracticeAdmin(SingletonModelAdmin):
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
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(selectors.forget)  # shows at once
