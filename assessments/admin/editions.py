"""Admin of published self-check versions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.versions.admin import VersionAdmin
from assessments.models import Edition
from assessments.publishing.drafts import edition_changes, restore_changes
from assessments.publishing.recalls import edition_recall, edition_recall_end
from assessments.publishing.services import edition_restore, edition_sign
from assessments.selectors import edition_definition


@admin.register(Edition)
class EditionAdmin(VersionAdmin):
    menu = (MenuPlace(WRITE, 6, more=True),)
    list_filter = ("assessment", "published_at")
    list_select_related = ("assessment", "published_by")
    search_fields = ("note", "reviewed_by", "assessment__title")
    fields = ("assessment", "number", "published_at", "publisher", "note", "reviewer")
    readonly_fields = ("publisher", "reviewer")
    sign_edition = staticmethod(edition_sign)
    changes = staticmethod(edition_changes)
    restore_changes = staticmethod(restore_changes)
    draft_field = "assessment"
    recall_edition = staticmethod(edition_recall)
    end_recall = staticmethod(edition_recall_end)
    recall_effects = (
        _(
            "Every result from it says so at the top, with your reason and what the current "
            "version makes of the same answers."
        ),
        _(
            "If those answers now lead to a safety page, the runner sees that first. Guide emails "
            "that are waiting are canceled, and so are the emails during their plan."
        ),
        _(
            "A result that comes out differently no longer offers a guide. It asks the runner to "
            "take the check again."
        ),
        _(
            "Everyone who got a guide after taking it gets one email with a link to their result. "
            "It isn't advertising, so it needs no consent. People who unsubscribed or were erased "
            "get nothing."
        ),
    )
    while_live = _(
        "Runners are still taking it. Publish a corrected version, now or right after: only then "
        "can results say what changed."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).defer("definition")

    def language_of(self, edition: Edition) -> str:
        return edition_definition(edition).language

    def restore_edition(self, edition: Edition) -> list[str]:
        edition_restore(edition=edition)
        return []
