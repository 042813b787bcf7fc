"""Makes a copy of a draft: a page that asks for its title, its language, and its web address."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.languages import language_choices
from assessments.desk.links import address_of
from assessments.models.base import KEY_LENGTH, make_key
from runfit.lib.history import COPIED_AS, COPIED_FROM
from runfit.lib.json_format.checks import is_printable
from runfit.lib.messages import message

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TITLE_LENGTH = 200
PREPOPULATED = json.dumps(
    [
        {
            "id": "#id_slug",
            "name": "slug",
            "dependency_ids": ["#id_title"],
            "dependency_list": ["title"],
            "maxLength": KEY_LENGTH,
            "allowUnicode": False,
        }
    ]
)
"""For Django's own script, which makes the address from the title."""

COPIED = _("This is your copy. Runners won't see it until you publish.")


class TitleForm(forms.Form):
    """Asks for the copy's title. `original` is what's copied."""

    title = forms.CharField(
        label=capfirst(_("title")),
        max_length=TITLE_LENGTH,
        widget=AdminTextInputWidget({"class": "vLargeTextField"}),
        error_messages={"required": _("Give the copy a title.")},
    )

    def __init__(self, original: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.original = original

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"])
        if not is_printable(title):
            raise ValidationError(_("This holds a character that can't be printed. Type it again."))
        return title


class CopyForm(TitleForm):
    """Also asks for the language and the web address, which a script makes from the title."""

    language = forms.ChoiceField(label=capfirst(_("language")))
    slug = forms.CharField(
        label=_("Web address"),
        required=False,
        max_length=KEY_LENGTH,
        widget=AdminTextInputWidget({"class": "vLargeTextField"}),
        help_text=_(
            "The last part of its link. Leave it empty, and we make it from the title. For "
            "example: cranky-achilles"
        ),
    )

    class Media:
        js = (
            "admin/js/vendor/jquery/jquery.min.js",
            "admin/js/jquery.init.js",
            "admin/js/urlify.js",
            "admin/js/prepopulate.js",
        )

    def __init__(self, original: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(original, data)
        field = original._meta.get_field("language")
        language: Any = self.fields["language"]
        language.choices = language_choices(original.language)
        language.help_text = field.help_text
        self.initial["language"] = original.language

    def clean_slug(self) -> str:
        typed = str(self.cleaned_data["slug"])
        slug = slugify(typed)
        if typed and not slug:
            raise ValidationError(_("Use letters from a to z, digits, and dashes."))
        if other := type(self.original)._default_manager.filter(slug=slug).first():
            raise ValidationError(
                gettext("“{title}” has this address. Pick another one.").format(title=other)
            )
        return slug

    def clean(self) -> dict[str, Any]:
        """Makes the address if it was left empty."""
        data = super().clean() or self.cleaned_data
        if data.get("slug") == "" and "title" in data:
            slugs = type(self.original)._default_manager.values_list("slug", flat=True)
            name = slugify(str(self.original._meta.verbose_name))
            data["slug"] = make_key(data["title"], taken={*slugs}, fallback=name, joint="-")
        return data


class CopyMixin(HistoryAdmin):
    """Adds the page that makes a copy."""

    copy_form: ClassVar[type[TitleForm]] = CopyForm
    copy_brings: ClassVar["str | StrPromise"]  # what comes along, and what doesn't

    def copy_along(
        self, request: HttpRequest, original: Any, data: Mapping[str, Any] | None
    ) -> list[hooks.CopyAlong]:
        """More forms, for what else can be copied."""
        return []

    def copy_row(self, original: Any, picked: Mapping[str, Any]) -> Any:
        """The copy, with the values of the form."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_copy"
        view = self.admin_site.admin_view(self.copy_view)
        return [path("<int:pk>/copy/", view, name=name), *super().get_urls()]

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        original = get_object_or_404(self.model, pk=pk)
        if not (self.has_view_permission(request, original) and self.has_add_permission(request)):
            raise PermissionDenied
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return self._copy_view(request, original)

    def _copy_view(self, request: HttpRequest, original: Model) -> HttpResponse:
        if request.method == "POST":
            desk_lock()
        data = request.POST if request.method == "POST" else None
        form = self.copy_form(original, data)
        along = self.copy_along(request, original, data)
        if data is not None and all([form.is_valid(), *(more.is_valid() for more in along)]):
            return self._copy(request, original, form, along)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Make a copy: {title}").format(title=original),
            "step": gettext("Make a copy"),
            "opts": self.opts,
            "draft": original,
            "draft_address": address_of(original),
            "form": form,
            "along": along,
            "media": self.media + form.media,
            "brings": self.copy_brings,
            "prepopulated_fields_json": PREPOPULATED,
        }
        return TemplateResponse(request, "admin/desk/copy.html", context)

    def _copy(
        self,
        request: HttpRequest,
        original: Model,
        form: TitleForm,
        along: "list[hooks.CopyAlong]",
    ) -> HttpResponse:
        copy = self.copy_row(original, form.cleaned_data)
        came_along = [text for more in along if (text := more.copy_to(request, copy))]
        self.log_addition(request, copy, message(COPIED_FROM, original=original))
        self.log_change(request, original, message(COPIED_AS, copy=copy))
        messages.success(request, COPIED)
        for text in came_along:
            messages.success(request, text)
        return HttpResponseRedirect(address_of(copy))
