"""Copying a guide, translating it, and uploading its words."""

from collections.abc import Mapping, Sequence
from typing import Any

from auditlog.context import disable_auditlog
from django.utils.translation import gettext_lazy as _

from assessments.desk.content.copying import CopyMixin
from assessments.desk.content.publishing_languages import PublishLanguagesAdmin
from assessments.desk.languages import LanguageAdmin
from assessments.publishing.pipeline import DraftPreview
from guides.admin.copying import GuideCopyForm
from guides.models import Guide
from guides.publishing import row_mapping
from guides.publishing.changes import WORDS
from guides.publishing.copying import guide_copy, plans_copy
from guides.publishing.draft_data import guide_with_parts
from guides.publishing.services import (
    guide_words_preview,
    guide_words_read,
    guide_words_replace,
)
from guides.publishing.translations import (
    guide_translation_add,
    guide_translation_save,
    guide_translations,
)
from runfit.lib.diff import Data
from runfit.lib.json_format.translated_texts import Translation


class GuideWordsAdmin(LanguageAdmin, CopyMixin, PublishLanguagesAdmin):
    """The words of a guide, from another guide or from a file."""

    language_regions = False

    follows_in = _("plans, exercises with how much of each, and sources")
    upload_mark = "phases"
    upload_other = _("This isn't the file of a guide. Pick one that is.")
    upload_names = WORDS
    upload_note = _("Its plans and exercises stay as they are.")
    copy_form = GuideCopyForm
    copy_brings = _(
        "It gets all the words of this one, its sources, and its emails. Your own PDF, versions, "
        "and runners' links stay with this one."
    )

    def copy_row(self, original: Guide, picked: Mapping[str, Any]) -> Guide:
        copy = guide_copy(guide=original, **picked)
        plans_copy(guide=original, to=copy.assessment)
        return copy

    def original_of(self, draft: Guide) -> Guide | None:
        return draft.translation_of

    def translations_of(self, draft: Guide) -> list[Guide]:
        return list(draft.translations.order_by("pk"))

    def texts_of_all(self, translations: Sequence[Guide]) -> list[Translation]:
        return guide_translations(guides=translations)

    def translation_add(self, original: Guide, language: str) -> Guide:
        return guide_translation_add(original=original, language=language)

    def translation_save(self, translation: Guide, **what: Any) -> None:
        guide_translation_save(translation=translation, **what)

    def words_read(self, draft: Guide, data: Any) -> Data:
        return guide_words_read(guide=draft, data=data)

    def words_now(self, draft: Guide) -> Data:
        return row_mapping.guide_data(guide_with_parts(pk=draft.pk))

    def words_preview(self, draft: Guide, words: Data) -> DraftPreview:
        return guide_words_preview(guide=draft, words=words)

    def words_replace(self, draft: Guide, words: Data) -> None:
        with disable_auditlog():  # one entry is logged instead of one per row
            guide_words_replace(draft, words)
