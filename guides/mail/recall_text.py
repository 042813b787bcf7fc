"""The words of the email about a version that was wrong: RunFit's own, around the PT's reason."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext

import assessments.selectors
from guides import selectors
from guides.content import EmailContent
from guides.content.marks import without_marks
from guides.models import Recall
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Edition
    from guides.models import GuideEdition


def recalled_version(recall: Recall) -> "Edition | GuideEdition | None":
    """The version that it's about, from the cache."""
    if recall.guide_edition_id:
        return selectors.guide_edition(recall.guide_edition_id)
    return assessments.selectors.edition_get(recall.edition_id) if recall.edition_id else None


def recall_text(recall: Recall, language: str) -> EmailContent:
    """In the version's language. Its subject and preview say nothing about health."""
    version = recalled_version(recall)
    reason = version.recall_reason if version else ""
    with use_language(language):
        lines = assessments.selectors.emergency_text(reason).splitlines()
        opening = without_marks(" ".join(line.strip() for line in lines if line.strip()))
        return EmailContent(
            subject=gettext("Please read: a correction to what we sent you"),
            preview=gettext("It takes a minute."),
            body=tuple(filter(None, (_first(recall), opening, _what_to_do(recall)))),
            button=_button(recall),
        )


def _first(recall: Recall) -> str:
    if recall.guide_edition_id:
        return gettext("We made a mistake in the version of the guide you have. We're sorry.")
    return gettext(
        "We made a mistake in the version of the self-check you took before you got your guide. "
        "We're sorry."
    )


def _what_to_do(recall: Recall) -> str:
    if recall.guide_edition_id:
        return gettext(
            "Please open your guide before your next session: it says what to do now. If you "
            "printed or saved the PDF, don't use it anymore."
        )
    return gettext(
        "Please open your result before your next session: it says what changed for you and what "
        "to do."
    )


def _button(recall: Recall) -> str:
    return gettext("Open my guide") if recall.guide_edition_id else gettext("Open my result")
