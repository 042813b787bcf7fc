"""Copying a self-check, translating it, and uploading its words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.desk.content.copying import CopyMixin
from assessments.desk.content.publishing_languages import PublishLanguagesAdmin
from assessments.desk.languages import LanguageAdmin
from assessments.hooks import CopyAlong
from assessments.models import Assessment
from assessments.publishing.changes import FIELDS, PARTS
from assessments.publishing.drafts import assessment_words_preview, assessment_words_read
from assessments.publishing.pipeline import DraftPreview
from assessments.publishing.serialize import serialize_draft
from assessments.publishing.services import assessment_copy, assessment_replace
from assessments.publishing.translations import (
    assessment_translations,
    translation_add,
    translation_save,
)
from runfit.lib.diff import Data, FieldNames
from runfit.lib.hooks import gather
from runfit.lib.json_format.translated_texts import Translation


class AssessmentWordsAdmin(LanguageAdmin, CopyMixin, PublishLanguagesAdmin):
    """The words of a self-check: from another one, from a file, or in another language."""

    follows_in = _("rules, points, areas, and order")
    upload_mark = "questions"
    upload_other = _("This isn't the file of a self-check. Pick one that is.")
    upload_names = FieldNames(PARTS, FIELDS)
    upload_note = _("If a result type goes, its plan is set aside, not deleted.")
    copy_brings = _(
        "It gets all the words, questions, answers with their points, rules, and cases. Runners' "
        "answers, numbers, and versions stay with this one."
    )

    def copy_along(
        self, request: HttpRequest, original: Assessment, data: Mapping[str, Any] | None
    ) -> list[CopyAlong]:
        return gather(hooks.copy_along, request, original, data)

    def copy_row(self, original: Assessment, picked: Mapping[str, Any]) -> Assessment:
        return assessment_copy(assessment=original, **picked)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """It can only translate another one that's no translation itself."""
        form = super().get_form(request, obj, change, **kwargs)
        if field := form.base_fields.get("translation_of"):
            field.queryset = field.queryset.filter(translation_of=None)
            if obj is not None:
                field.queryset = field.queryset.exclude(pk=obj.pk)
        return form

    def original_of(self, draft: Assessment) -> Assessment | None:
        return draft.translation_of

    def translations_of(self, draft: Assessment) -> list[Assessment]:
        return list(draft.translations.order_by("pk"))

    def texts_of_all(self, translations: Sequence[Assessment]) -> list[Translation]:
        return assessment_translations(assessments=translations)

    def translation_add(self, original: Assessment, language: str) -> Assessment:
        return translation_add(original=original, language=language)

    def translation_save(self, translation: Assessment, **what: Any) -> None:
        translation_save(translation=translation, **what)

    def words_read(self, draft: Assessment, data: Any) -> Data:
        return assessment_words_read(assessment=draft, data=data)

    def words_now(self, draft: Assessment) -> Data:
        return serialize_draft(draft)

    def words_preview(self, draft: Assessment, words: Data) -> DraftPreview:
        return assessment_words_preview(assessment=draft, words={**words})

    def words_replace(self, draft: Assessment, words: Data) -> None:
        assessment_replace(assessment=draft, data=words)
