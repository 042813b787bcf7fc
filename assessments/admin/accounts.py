"""User and group admins with safe lookups and edit-conflict detection."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin
from assessments.desk.large_lists import SafeLookupAdmin
from assessments.desk.menu import PRACTICE, MenuPlace

admin.site.unregister([Group, User])


@admin.register(Group)
class DeskGroupAdmin(ConcurrentEditAdmin, SafeLookupAdmin, GroupAdmin):
    menu = (MenuPlace(PRACTICE, 3, _("What each group may do"), more=True),)


@admin.register(User)
class DeskUserAdmin(ConcurrentEditAdmin, SafeLookupAdmin, UserAdmin):
    menu = (MenuPlace(PRACTICE, 2, _("Who can sign in")),)
