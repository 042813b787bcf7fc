"""Django's own pages of users and groups, with the lists of the desk, and edited together."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from assessments.desk.concurrent_edits.mixin import EditedTogether
from assessments.desk.large_lists import CheckedAdmin

admin.site.unregister([Group, User])


@admin.register(Group)
class DeskGroupAdmin(EditedTogether, CheckedAdmin, GroupAdmin):
    pass


@admin.register(User)
class DeskUserAdmin(EditedTogether, CheckedAdmin, UserAdmin):
    pass
