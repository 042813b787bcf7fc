"""A select of languages, by name: those that RunFit speaks first."""

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin
from runfit.lib.translation import language_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Languages = list[tuple[str, StrOrPromise]]

CODES = [code for code, info in LANG_INFO.items() if "name" in info]


def language_choices(
    current: str = "", *, regions: bool = True
) -> "list[tuple[StrOrPromise, Languages]]":
    """Every language that Django can name, in groups, in the active language. `current` keeps its
    spelling, such as es-MX."""
    codes = {code.lower(): code for code in CODES if regions or "-" not in code}
    if current:
        codes[current.lower()] = current
    spoken = {code for code, _ in settings.LANGUAGES}
    return [
        (_("RunFit speaks these"), _named(code for key, code in codes.items() if key in spoken)),
        (
            _("RunFit's own words stay in English"),
            _named(code for key, code in codes.items() if key not in spoken),
        ),
    ]


def _named(codes: Any) -> "Languages":
    return sorted(((code, language_name(code)) for code in codes), key=_alphabetic)


def _alphabetic(choice: tuple[str, Any]) -> str:
    """Accents don't count."""
    name = unicodedata.normalize("NFKD", str(choice[1])).casefold()
    return "".join(filter(str.isalpha, name))


class LanguageAdmin(HistoryAdmin):
    """Asks for the language by name, not by code."""

    language_regions = True

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if field := form.base_fields.get("language"):
            current = obj.language if obj else str(field.initial or "")
            form.base_fields["language"] = forms.ChoiceField(
                label=capfirst(str(field.label)),
                help_text=field.help_text,
                initial=field.initial,
                choices=language_choices(current, regions=self.language_regions),
            )
        return form
