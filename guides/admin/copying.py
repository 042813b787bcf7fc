"""Copies of guides and plans at the desk, and those that come along with a copied self-check."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.content.copying import TITLE_LENGTH, CopyForm, TitleForm
from assessments.desk.links import address_of
from assessments.selectors import profiles
from guides.models import Guide
from guides.models.base import new_key
from guides.publishing.copying import guide_copy, plans_copy

if TYPE_CHECKING:
    from assessments.models import Assessment

MAY_COPY = ("guides.view_guide", "guides.add_guide", "guides.add_plan")


class ResultTypeField(forms.ModelChoiceField):
    """Names each result type's self-check: copies have result types with the same names."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.assessment}: {obj}"


class GuideCopyForm(CopyForm):
    def __init__(self, original: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(original, data)
        self.fields["assessment"] = original._meta.get_field("assessment").formfield(
            initial=original.assessment_id,
            help_text=_(
                "Whose results offer it. If they have another guide, they offer the one that you "
                "publish last. To a copy of this guide's self-check, its plans come along."
            ),
        )


class PlanCopyForm(TitleForm):
    def __init__(self, original: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(original, data)
        self.initial["title"] = original.title
        self.fields["profile"] = ResultTypeField(
            profiles().filter(plan=None),
            label=_("Result type"),
            required=False,
            empty_label=gettext("None yet: set it aside"),
            help_text=_("Only those that have no plan yet."),
        )


class GuideAlongForm(forms.Form):
    """Asks whether the self-check's guide and plans come along with its copy."""

    bring_guide = forms.BooleanField(
        label=_("Its guide and plans, too"), required=False, initial=True
    )
    guide_title = forms.CharField(
        label=_("Title of the new guide"),
        required=False,
        max_length=TITLE_LENGTH,
        widget=AdminTextInputWidget({"class": "vLargeTextField"}),
        help_text=_("Leave it empty, and it's called what the copy is called."),
    )

    def __init__(self, guide: Guide, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.guide = guide
        self.fields["bring_guide"].help_text = gettext(
            "It gets “{guide}” and the plans of all result types, as drafts. Exercises are shared."
        ).format(guide=guide)

    def copy_to(self, request: HttpRequest, copy: "Assessment") -> str:
        if not self.cleaned_data["bring_guide"]:
            return ""
        title = self.cleaned_data["guide_title"] or copy.title
        slugs = Guide.objects.values_list("slug", flat=True)
        guide = guide_copy(
            guide=self.guide,
            slug=new_key(title, taken={*slugs}, fallback="guide"),
            title=title,
            language=guide_language(copy.language),
            assessment=copy,
        )
        plans = plans_copy(guide=self.guide, to=copy)
        return format_html(
            ngettext(
                'Its guide came along, with {number} plan: <a href="{address}">{guide}</a>. '
                "Publish the self-check first, then the guide.",
                'Its guide came along, with {number} plans: <a href="{address}">{guide}</a>. '
                "Publish the self-check first, then the guide.",
                plans,
            ),
            number=plans,
            address=address_of(guide),
            guide=guide,
        )


def guide_along(
    request: HttpRequest, original: "Assessment", data: Mapping[str, Any] | None
) -> Iterator[GuideAlongForm]:
    """The form for the guide that this self-check's results offer, or that they would."""
    guides = Guide.objects.filter(assessment=original)
    guide = guides.order_by("-editions__pk", "-pk").first()
    if guide and request.user.has_perms(MAY_COPY):
        yield GuideAlongForm(guide, data)


def guide_language(language: str) -> str:
    """A self-check's language as guides write it, such as es for es-MX."""
    return language.partition("-")[0].lower()
