"""Admin of published versions of guides."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.desk.findings import LocatedFinding
from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.versions.admin import VersionAdmin
from guides.admin.findings import placed
from guides.models import GuideEdition
from guides.publishing.restore import guide_edition_restore
from guides.publishing.services import (
    guide_edition_changes,
    guide_edition_sign,
    guide_edition_to_fill_in,
    guide_restore_changes,
)
from guides.recalls.services import guide_edition_recall, guide_edition_recall_end
from guides.selectors import guide_content


@admin.register(GuideEdition)
class GuideEditionAdmin(VersionAdmin):
    menu = (MenuPlace(WRITE, 7, more=True),)
    list_filter = ("guide", "published_at")
    list_select_related = ("guide", "published_by")
    search_fields = ("note", "reviewed_by", "guide__title")
    fields = (
        "guide", "number", "published_at", "publisher", "note", "reviewer", "own_pdf",
    )  # fmt: skip
    readonly_fields = ("publisher", "reviewer", "own_pdf")
    sign_edition = staticmethod(guide_edition_sign)
    changes = staticmethod(guide_edition_changes)
    restore_changes = staticmethod(guide_restore_changes)
    draft_field = "guide"
    recall_edition = staticmethod(guide_edition_recall)
    end_recall = staticmethod(guide_edition_recall_end)
    recall_effects = (
        _(
            "The guide's pages say so at the top, with your reason, and lead to the current "
            "version, if that one isn't marked and has a plan for the same result type."
        ),
        _("Its PDF can't be downloaded anymore, and its series stops."),
        _("Nobody new gets it. Until you publish a newer version, results offer no guide."),
        _(
            "Everyone who has it gets one email with a link to their guide. It isn't advertising, "
            "so it needs no consent. People who unsubscribed or were erased get nothing."
        ),
    )
    while_live = _(
        "Results offer no guide until you publish a corrected version. Do that now or right "
        "after, so runners can go on."
    )

    def language_of(self, edition: GuideEdition) -> str:
        return guide_content(edition).language

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuideEdition]:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("your own PDF"), boolean=True)
    def own_pdf(self, edition: GuideEdition) -> bool:
        return bool(edition.upload)

    def to_fill_in(self, edition: GuideEdition) -> list[LocatedFinding]:
        return placed(edition.guide, guide_edition_to_fill_in(edition=edition))

    def restore_edition(self, edition: GuideEdition) -> list[str]:
        return guide_edition_restore(edition=edition)
