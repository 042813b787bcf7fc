"""Admin page for emailed download links."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.desk.menu import PEOPLE, MenuPlace
from assessments.selectors import profiles
from guides.admin.contacts import SearchByAddressAdmin
from guides.models import (
    DownloadLink,
    GuideEdition,
)
from runfit.lib.audit import change_log


class GuideEditionFilter(admin.SimpleListFilter):
    """Filters by guide edition. Its choices take one query, without the editions' content."""

    title, parameter_name = _("version of the guide"), "edition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        editions = GuideEdition.objects.select_related("guide").defer("content")
        return [(str(edition.pk), str(edition)) for edition in editions]

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_known = self.value() in dict(self.lookup_choices)
        return queryset.filter(edition=self.value()) if is_known else queryset


@admin.register(DownloadLink)
class DownloadLinkAdmin(SearchByAddressAdmin):
    menu = (MenuPlace(PEOPLE, 5, more=True),)
    list_display = ("contact", "version", "result_type", "created_at", "expires_at", "revoked_at")
    list_defer = ("edition__content",)
    list_filter = (GuideEditionFilter, "expires_at")
    list_select_related = ("contact", "edition__guide")
    ordering = ("-expires_at",)
    search_fields = ("contact__email_key__startswith",)
    sortable_by = ("expires_at",)
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DownloadLink]:
        assessment, key = OuterRef("edition__guide__assessment"), OuterRef("profile")
        titles = profiles().filter(assessment=assessment, key=key).values("title")
        links: QuerySet[DownloadLink] = super().get_queryset(request)
        return links.annotate(profile_title=Subquery(titles[:1]))

    @admin.display(description=_("version of the guide"))
    def version(self, link: DownloadLink) -> str:
        return str(link.edition)

    @admin.display(description=_("result type"))
    def result_type(self, link: Any) -> str:
        return str(link.profile_title or link.profile)

    @admin.action(description=_("Turn off: the link stops working"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[DownloadLink]) -> None:
        links = list(queryset.filter(revoked_at=None))
        with transaction.atomic():
            queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
            for link in links:
                change_log(link, "link", "works", "turned off")
        number = len(links)
        self.message_user(
            request,
            ngettext("{number} turned off.", "{number} turned off.", number).format(number=number),
        )

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.has_perm("guides.change_downloadlink")
