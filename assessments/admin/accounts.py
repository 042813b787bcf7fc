"""User and group admins with safe lookups and edit-conflict detection."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin
from assessments.desk.large_lists import SafeLookupAdmin

admin.site.unregister([Group, User])


@admin.register(Group)
class DeskGroupAdmin(ConcurrentEditAdmin, SafeLookupAdmin, GroupAdmin):
    pass


@admin.register(User)
class DeskUserAdmin(ConcurrentEditAdmin, SafeLookupAdmin, UserAdmin):
    pass
