"""Admin of published self-check versions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.versions import VersionAdmin
from assessments.models import Edition
from assessments.publishing.drafts import edition_changes, restore_changes
from assessments.publishing.services import edition_restore, edition_sign


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).defer("definition")

    def restore_edition(self, edition: Edition) -> list[str]:
        edition_restore(edition=edition)
        return []
