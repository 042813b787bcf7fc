"""Links to a self-check that say where they were put."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assessments.analytics.utm import LONGEST, OWN_SOURCES, source_from_words, with_source


class LinkForm(forms.Form):
    """Where a link will be, in the PT's words. Cleaned, it's the source that it's counted by."""

    name = forms.CharField(
        label=_("Where will you put it?"),
        required=False,
        max_length=LONGEST,
        widget=AdminTextInputWidget,
        help_text=_(
            "For example: Newsletter, Clinic wall, Instagram. Name a place, never a person."
        ),
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        source = source_from_words(name)
        if "@" in name:
            raise ValidationError(_("Name the place, not a person or an address."))
        if name and not source:
            raise ValidationError(_("Use letters from A to Z or numbers, such as Clinic wall."))
        if source in OWN_SOURCES:
            raise ValidationError(_("We count something else by this name. Pick another one."))
        return source


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link to a self-check, from somewhere (`source`) or from anywhere."""

    title: str
    path: str
    source: str
    color: str

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{self.path}{with_source(self.source)}"

    @property
    def link_html(self) -> str:
        return format_html('<a href="{}">{}</a>', self.address, self.title)

    @property
    def button_html(self) -> str:
        """Styled on its element, since another site has its own style sheets."""
        return format_html(
            '<a href="{}" style="display: inline-block; padding: 14px 22px; border-radius: 10px; '
            'background: {}; color: #ffffff; font-weight: bold; text-decoration: none;">{}</a>',
            self.address,
            self.color,
            self.title,
        )
