"""Django's own pages of users and groups, with the lists of the desk."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from assessments.admin.lists import CheckedAdmin

admin.site.unregister([Group, User])


@admin.register(Group)
class DeskGroupAdmin(CheckedAdmin, GroupAdmin):
    pass


@admin.register(User)
class DeskUserAdmin(CheckedAdmin, UserAdmin):
    pass
