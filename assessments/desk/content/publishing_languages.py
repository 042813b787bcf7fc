"""Publishes a draft together with its translations."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.checker import Finding
from assessments.desk.content.to_translate import left_by_part, left_in_words
from assessments.desk.content.translating import TranslateAdmin
from assessments.desk.drafts import PublishForm
from assessments.desk.links import address_of
from assessments.publishing.pipeline import PublishRefused
from runfit.lib.json_format.translated_texts import Translation
from runfit.lib.models import Snapshot
from runfit.lib.translation import language_name, translated

WITH = "with"  # asks for a translation in the address of its original's page


class LanguagesForm(PublishForm):
    """Also asks which translations to publish."""

    languages = forms.MultipleChoiceField(
        label=_("Publish with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "They get what comes from it. One that you leave out stays as runners see it now. Each "
            "is signed on its own."
        ),
    )


class PublishLanguagesAdmin(TranslateAdmin):
    """A translation is published from the page of its original."""

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft_of(request, pk)
        original = self.original_of(draft)
        if original is None or draft.translated_from is None:
            return super().publish_view(request, pk)
        language = language_name(draft.language)
        messages.info(
            request,
            gettext("{language} is published with its original: check it below.").format(
                language=language
            ),
        )
        return HttpResponseRedirect(f"{address_of(original, 'publish')}?{WITH}={draft.pk}")

    def publish_form(self, request: HttpRequest, draft: Any, **how: Any) -> PublishForm:
        translations = self._followers(draft)
        if not translations:
            return super().publish_form(request, draft, **how)
        form = LanguagesForm(**how)
        field: Any = form.fields["languages"]
        beside = [*zip(translations, self.texts_of_all(translations), strict=True)]
        field.choices = [(str(each.pk), self._offer(each, texts)) for each, texts in beside]
        asked = request.GET.get(WITH)
        form.initial["languages"] = [
            str(each.pk)
            for each, texts in beside
            if each.editions.exists() or not texts.missing or str(each.pk) == asked
        ]
        return form

    def publish_all(
        self, draft: Any, languages: list[str] | None = None, **how: Any
    ) -> list[tuple[Any, Snapshot]]:
        picked = [each for each in self._followers(draft) if str(each.pk) in (languages or ())]
        stale = [each for each in picked if self._bring_along(each)]
        status, _ = self.overview(draft)
        published = []
        if not stale or status.live is None or status.changes:
            published.append((draft, self.publish_draft(draft, **how)))
        unsigned = {**how, "seen": None, "reviewed_by": "", "look_again_on": None}
        return published + [(each, self.publish_draft(each, **unsigned)) for each in stale]

    def _bring_along(self, translation: Any) -> bool:
        """Whether it then differs from what runners see. Raises PublishRefused for errors."""
        with transaction.atomic():
            self.translation_save(translation)
        status, findings = self.overview(translation)
        errors = [each for each in findings if each.severity == "error"]
        if errors:
            language = language_name(translation.language)
            raise PublishRefused(
                Finding("error", "translation", "", f"{language}: {translated(each.message)}")
                for each in errors
            )
        return status.live is None or bool(status.changes)

    def _followers(self, draft: Any) -> list[Any]:
        """The translations that have the draft's rules."""
        return [each for each in self.translations_of(draft) if each.translated_from is not None]

    def _offer(self, translation: Any, texts: Translation) -> str:
        language = language_name(translation.language)
        if not texts.missing:
            return language
        original: Any = self.original_of(translation)
        offer = ngettext(
            "{language}: {texts} ({parts}). Runners see it in {original}.",
            "{language}: {texts} ({parts}). Runners see them in {original}.",
            texts.missing,
        )
        return offer.format(
            language=language,
            texts=left_in_words(texts),
            parts=left_by_part(texts),
            original=language_name(original.language),
        )
