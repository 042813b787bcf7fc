"""The list of backups that were made, for superusers."""

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import RecordAdmin
from assessments.desk.large_lists import moment
from assessments.desk.menu import PRACTICE, MenuPlace
from guides.models import Backup


@admin.register(Backup)
class BackupAdmin(RecordAdmin):
    menu = (MenuPlace(PRACTICE, 20, more=True),)
    list_display = ("as_of", "name", "place", "whole_size")
    fields = ("as_of", "name", "place", "whole_size")
    readonly_fields = ("as_of", "whole_size")
    sortable_by = ()

    @admin.display(description=_("as of"))
    def as_of(self, backup: Backup) -> str:
        return moment(backup.made_at)

    @admin.display(description=_("size"))
    def whole_size(self, backup: Backup) -> str:
        return str(filesizeformat(backup.size))
