"""Marking a version as wrong, with a reason for runners, and taking the mark back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.desk.links import address_of
from runfit.lib.history import RECALL_BACK, RECALL_REWORDED, RECALLED
from runfit.lib.json_format.checks import is_printable
from runfit.lib.messages import message
from runfit.lib.translation import language_name

LONGEST = 600


class RecallForm(forms.Form):
    reason = forms.CharField(
        label=_("What was wrong, for runners"), max_length=LONGEST, widget=AdminTextareaWidget
    )

    def __init__(self, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.widget.attrs |= {"lang": language, "rows": 4}
        field.help_text = gettext(
            "In your own words, in {language}. Say what was wrong and what to do. Runners read it "
            "at the top of their page and in the email."
        ).format(language=language_name(language))

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not is_printable(reason):
            raise ValidationError(
                gettext("This holds a character that cannot be printed. Type this text again.")
            )
        return reason.replace("\r\n", "\n")


class RecallMixin:
    """Adds a page to a version's admin. `recall_edition` and `end_recall` are the services.
    `recall_effects` says what marking does, `while_live` what comes of marking the live version,
    and `language_of` in which language runners read it."""

    recall_edition: Callable[..., bool]
    end_recall: Callable[..., bool]
    recall_effects: tuple[Any, ...]
    while_live: Any

    def language_of(self, edition: Any) -> str:
        raise NotImplementedError

    def has_recall_permission(self: Any, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.recall_{self.opts.model_name}")

    def recall_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_recall_permission(request):
            raise PermissionDenied
        edition = get_object_or_404(self.get_queryset(request), pk=pk)
        form = RecallForm(
            self.language_of(edition),
            request.POST or None,
            initial={"reason": edition.recall_reason},
        )
        if request.method == "POST" and "end" in request.POST:
            return self._end_recall(request, edition)  # type: ignore[no-any-return]
        if form.is_valid():
            return self._recall(request, edition, form.cleaned_data["reason"])  # type: ignore[no-any-return]
        context = {
            **self.admin_site.each_context(request),
            "title": self._recall_title(edition),
            "step": gettext("Marked as wrong") if edition.recalled_at else gettext("Mark as wrong"),
            "opts": self.opts,
            "edition": edition,
            "draft": edition,
            "draft_address": address_of(edition),
            "form": form,
            "effects": self.recall_effects,
            "while_live": self.while_live,
            "reaches": recall_reaches(edition),
            "translations": self.translated_versions(edition),
        }
        return TemplateResponse(request, "admin/desk/recall.html", context)

    def _recall_title(self, edition: Any) -> str:
        words = (
            gettext("Version {number} is marked as wrong")
            if edition.recalled_at
            else gettext("Mark version {number} as wrong?")
        )
        return words.format(number=edition.number)

    def _recall(self: Any, request: HttpRequest, edition: Any, reason: str) -> HttpResponse:
        in_a_line = " ".join(reason.split())
        if self.recall_edition(edition=edition, reason=reason):
            self.log_change(request, edition, message(RECALLED, reason=in_a_line))
            messages.success(
                request,
                gettext("Marked as wrong. All who have a guide from it get one email."),
            )
        elif reason != edition.recall_reason:
            self.log_change(request, edition, message(RECALL_REWORDED, reason=in_a_line))
            messages.success(request, gettext("Saved. Nobody gets a second email."))
        return HttpResponseRedirect(address_of(edition, "recall"))

    def _end_recall(self: Any, request: HttpRequest, edition: Any) -> HttpResponse:
        if self.end_recall(edition=edition):
            self.log_change(request, edition, RECALL_BACK)
            messages.success(
                request,
                gettext(
                    "Taken back. Pages read as before, and emails that were waiting are canceled."
                ),
            )
        return HttpResponseRedirect(address_of(edition))

    def translated_versions(self: Any, edition: Any) -> list[tuple[Model, str]]:
        """The live versions of what says the same in other languages, with their pages."""
        draft = getattr(edition, self.draft_field)
        original = draft.translation_of_id or draft.pk
        family = type(draft)._default_manager.filter(Q(pk=original) | Q(translation_of=original))
        return [
            (live, address_of(live, "recall"))
            for other in family.exclude(pk=draft.pk).order_by("pk")
            if (live := other.editions.order_by("-number").first())
        ]


def recall_reaches(edition: Model) -> list[hooks.RecallReach]:
    found = (reach_of(edition) for reach_of in hooks.recall_reaches)
    return [reach for reach in found if reach]
