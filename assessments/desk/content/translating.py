"""Translates a draft: a page for its languages, and one with both languages side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, override

from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.concurrent_edits.mixin import (
    changed_since_shown,
    desk_lock,
    meanwhile,
    sign_shown,
)
from assessments.desk.concurrent_edits.page_state import PageState, digest, digests
from assessments.desk.content.to_translate import (
    left_in,
    part_after,
    parts_of,
    standing,
    text_after,
)
from assessments.desk.content.translation_forms import LanguageForm, TextsForm
from assessments.desk.content.uploading import UploadAdmin
from assessments.desk.links import address_of
from runfit.lib.history import (
    BEGAN_TO_TRANSLATE,
    MADE_TO_TRANSLATE,
    TOOK_OVER,
    TRANSLATED,
    TRANSLATED_ONE,
)
from runfit.lib.json_format.translated_texts import Part, Translation
from runfit.lib.messages import message
from runfit.lib.translation import has_interface, language_name, translated

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SEEN = "seen"  # the original's texts, as the page showed them
GO_ON = "go-on"  # the button that saves and opens the next part


class TranslateAdmin(UploadAdmin):
    """A draft that can stand in more than one language. A translation has the rules, points, and
    order of its original."""

    follows_in: ClassVar["str | StrPromise"]  # what comes from the original

    def original_of(self, draft: Any) -> Any | None:
        """What it translates."""
        raise NotImplementedError

    def translations_of(self, draft: Any) -> list[Any]:
        raise NotImplementedError

    def texts_of_all(self, translations: Sequence[Any]) -> list[Translation]:
        """Each beside its original, in as many queries as for one."""
        raise NotImplementedError

    def texts_of(self, translation: Any) -> Translation:
        [texts] = self.texts_of_all([translation])
        return texts

    def translation_add(self, original: Any, language: str) -> Any:
        """Raises ValidationError if there's one in this language."""
        raise NotImplementedError

    def translation_save(self, translation: Any, **what: Any) -> None:
        raise NotImplementedError

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def in_language(self, draft: Any) -> str:
        return language_name(draft.language)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.desk_path("translations", self.translations_view),
            self.desk_path("translate", self.translate_view),
            *super().get_urls(),
        ]

    def desk_context(self, draft: Any) -> dict[str, Any]:
        follows = draft.translated_from is not None and self.original_of(draft)
        return super().desk_context(draft) | {
            "original_draft": follows,
            "original_address": address_of(follows) if follows else "",
            "translate_address": address_of(draft, "translate"),
            "language": language_name(draft.language),
            "follows_in": self.follows_in,
        }

    @transaction.atomic
    def translations_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lists the languages of a self-check, and adds one."""
        draft = self.draft_of(request, pk)
        original = self.original_of(draft) or draft
        may_add = self.has_add_permission(request)
        form = LanguageForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not may_add:
                raise PermissionDenied
            desk_lock()
            added = self._add(request, original, form)
            if added is not None:
                return HttpResponseRedirect(address_of(added, "translate"))
        translations = self.translations_of(original)
        languages = [
            self._language(*each)
            for each in zip(translations, self.texts_of_all(translations), strict=True)
        ]
        return self.desk_page(
            request,
            "admin/desk/translations.html",
            original,
            gettext("Translate"),
            original_language=language_name(original.language),
            follows_in=self.follows_in,
            languages=languages,
            form=form if may_add else None,
        )

    def _add(self, request: HttpRequest, original: Any, form: LanguageForm) -> Any | None:
        if not form.is_valid():
            return None
        language = form.cleaned_data["language"]
        try:
            added = self.translation_add(original, language)
        except ValidationError as error:
            form.add_error("language", error.messages[0])
            return None
        with override("en"):  # as all of the history is kept
            english = language_name(language)
        self.log_addition(
            request, added, message(MADE_TO_TRANSLATE, original=original, language=english)
        )
        self.log_change(request, original, message(BEGAN_TO_TRANSLATE, language=english))
        messages.success(
            request,
            gettext("{language} is here, for you to fill in. Runners don't see it yet.").format(
                language=language_name(language)
            ),
        )
        return added

    def _language(self, translation: Any, texts: Translation) -> dict[str, Any]:
        return {
            "name": language_name(translation.language),
            "draft": translation,
            "address": address_of(translation, "translate"),
            "standing": standing(texts),
            "live": translation.editions.exists(),
        }

    @transaction.atomic
    def translate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows both languages side by side, one part at a time, and saves what was typed."""
        if request.method == "POST":
            desk_lock()
        draft = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, draft):
            raise PermissionDenied
        if self.original_of(draft) is None:
            return HttpResponseRedirect(address_of(draft, "translations"))
        if draft.translated_from is None:
            return self._take_over_view(request, draft)
        translation = self.texts_of(draft)
        part = _picked(request, translation)
        texts = translation.part_texts(part)
        conflicts = EditConflicts(request) if request.method == "POST" else None
        data = request.POST.copy() if request.method == "POST" else None
        form = TextsForm(draft, texts, data, conflicts)
        if conflicts and form.is_valid() and self._save(request, draft, form, conflicts):
            return HttpResponseRedirect(self._next_place(request, draft, part, form))
        return self.desk_page(
            request,
            "admin/desk/translate.html",
            draft,
            gettext("Translate into {language}").format(language=language_name(draft.language)),
            **self._translate_context(request, draft, translation, part, form),
            meanwhile=conflicts.lines if conflicts else [],
        )

    def _save(
        self, request: HttpRequest, draft: Any, form: TextsForm, conflicts: EditConflicts
    ) -> bool:
        """Whether it worked; if it didn't, the form says why."""
        typed, right = form.typed, form.found_right
        shown = (conflicts.opened.rows.get(SEEN, {}) if conflicts.opened else {}).get("", {})
        seen = [
            text.path
            for text in form.texts
            if text.path in {*typed, *right}
            and shown.get(text.path, digest([text.original])) == digest([text.original])
        ]
        try:
            self.translation_save(draft, typed=typed, seen=seen)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        count = len({*typed, *seen})
        if count:
            did = message(TRANSLATED_ONE if count == 1 else TRANSLATED, number=count)
            self.log_change(request, draft, did)
            unseen = gettext("Runners won't see it until you publish.")
            messages.success(request, f"{translated(did)} {unseen}")
        else:
            messages.success(request, gettext("There was nothing new to save."))
        for line in conflicts.lines:
            messages.warning(request, meanwhile(line))
        return True

    def _next_place(self, request: HttpRequest, draft: Any, part: Part, form: TextsForm) -> str:
        """Where she goes on: at the next text that's left, or in the next part."""
        translation, page = self.texts_of(draft), address_of(draft, "translate")
        if GO_ON in request.POST:
            return f"{page}?part={part_after(translation, part).key}"
        path = text_after(translation.part_texts(part), {*form.edited, *form.found_right})
        return f"{page}?part={part.key}" + (f"#{quote(f'id_{path}')}" if path else "")

    def _translate_context(
        self,
        request: HttpRequest,
        draft: Any,
        translation: Translation,
        part: Part,
        form: TextsForm,
    ) -> dict[str, Any]:
        seen = {text.path: digest([text.original]) for text in form.texts}
        state = PageState(timezone.now().timestamp(), digests(form), {SEEN: {"": seen}})
        original: Any = self.original_of(draft)
        return {
            "original": original,
            "publish_address": self.has_publish_permission(request)
            and address_of(draft, "publish"),
            "original_address": address_of(original),
            "original_language": language_name(original.language),
            "language": language_name(draft.language),
            "has_interface": has_interface(draft.language),
            "translation": translation,
            "standing": standing(translation),
            "left": sum(text.to_do for text in translation.texts.values()),
            "left_here": left_in(form.texts),
            "parts": [
                (each, left_in(translation.part_texts(each)), each is part)
                for each in parts_of(translation)
            ],
            "part": part,
            "next_part": part_after(translation, part),
            "form": form,
            "groups": [*form.groups(self.upload_names)],
            "follows_in": self.follows_in,
            "as_opened": state.signed(),
            "adminform": {"form": form},  # for the script that keeps unsaved words
        }

    def _take_over_view(self, request: HttpRequest, draft: Any) -> HttpResponse:
        """Before a draft that was only linked becomes a translation: what it would lose."""
        words, _sources = self.texts_of(draft).brought_along()
        preview = self.words_preview(draft, words)
        conflict = changed_since_shown(request, preview.changes)
        if conflict:
            messages.error(
                request, gettext("Nothing changed yet. {reason}").format(reason=conflict)
            )
        if request.method == "POST" and not conflict:
            self.translation_save(draft)
            self.log_change(request, draft, message(TOOK_OVER, original=self.original_of(draft)))
            return HttpResponseRedirect(address_of(draft, "translate"))
        return self.desk_page(
            request,
            "admin/desk/take_over.html",
            draft,
            gettext("Translate"),
            original=self.original_of(draft),
            follows_in=self.follows_in,
            preview=preview,
            as_opened=sign_shown(preview.changes),
        )


def _picked(request: HttpRequest, translation: Translation) -> Part:
    """The part that was asked for, or the first one with something to do."""
    parts = parts_of(translation)
    asked = request.GET.get("part")
    for part in parts:
        if part.key == asked or (not asked and left_in(translation.part_texts(part))):
            return part
    if asked or not parts:
        raise Http404
    return parts[0]
