"""The code that puts a self-check into an article on another site."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from assessments.frames import framed

FRAME = "frame"
TAB = "tab"


WHOLE = "whole"
FIRST = "first"
SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox"
"""What the frame of a builder has to allow."""


class EmbedForm(forms.Form):
    show = forms.ChoiceField(
        label=_("What should stand in your article?"),
        required=False,
        choices=[
            (WHOLE, _("The self-check, from its safety list on")),
            (FIRST, _("Just the first question, until it's answered")),
        ],
    )
    results = forms.ChoiceField(
        label=_("Where does the result open?"),
        required=False,
        choices=[(FRAME, _("In your article")), (TAB, _("In a tab of its own"))],
    )


@dataclass(frozen=True, slots=True)
class EmbedCode:
    slug: str
    title: str
    first_only: bool
    in_tab: bool

    @property
    def script_html(self) -> SafeString:
        """A link, and a script that puts the self-check right after it."""
        return format_html(
            '<a href="{0}{1}" data-runfit="{2}"{3}{4}>{5}</a><script async src="{0}{6}"></script>',
            settings.SITE_URL,
            reverse("assessments:check", args=[self.slug]),
            self.slug,
            SafeString(' data-show="first"' if self.first_only else ""),
            SafeString(' data-results="tab"' if self.in_tab else ""),
            self.title,
            reverse("assessments:embed_script"),
        )

    @property
    def frame_html(self) -> SafeString:
        """Without a script, it can't grow: it scrolls inside."""
        return format_html(
            '<iframe src="{}{}" title="{}" width="100%" height="700" style="border: 0"></iframe>',
            settings.SITE_URL,
            self.preview_path,
            self.title,
        )

    @property
    def preview_path(self) -> str:
        path = reverse("assessments:check", args=[self.slug])
        return framed(path, first_only=self.first_only, in_tab=self.in_tab)


def embed_code(slug: str, title: str, query: dict[str, str]) -> EmbedCode:
    return EmbedCode(slug, title, query.get("show") == FIRST, query.get("results") == TAB)
