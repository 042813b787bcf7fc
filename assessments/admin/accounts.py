"""User and group admins with safe lookups and edit-conflict detection."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin
from assessments.desk.large_lists import SafeLookupAdmin
from assessments.desk.menu import PRACTICE, MenuPlace
from assessments.permissions import GROUP

admin.site.unregister([Group, User])


@admin.register(Group)
class DeskGroupAdmin(ConcurrentEditAdmin, SafeLookupAdmin, GroupAdmin):
    menu = (MenuPlace(PRACTICE, 3, _("What each group may do"), more=True),)


class AccountForm(UserChangeForm):
    """Django's form in the desk's words."""

    class Meta(UserChangeForm.Meta):
        labels: ClassVar[Any] = {
            "is_active": _("May sign in"),
            "is_staff": _("May open the desk"),
            "is_superuser": _("May do everything"),
            "groups": _("Works as"),
        }
        help_texts: ClassVar[Any] = {
            "username": _("What they type to sign in."),
            "is_active": _("Uncheck this when someone leaves. Their name stays in the history."),
            "is_staff": "",
            "is_superuser": _("That's also accounts and everything in the log."),
            "groups": _("A physical therapist writes, publishes, and helps runners."),
        }
        widgets: ClassVar[Any] = {"groups": forms.CheckboxSelectMultiple}


@admin.register(User)
class DeskUserAdmin(ConcurrentEditAdmin, SafeLookupAdmin, UserAdmin):
    """A new account is a physical therapist's until someone changes that."""

    menu = (MenuPlace(PRACTICE, 2, _("Who can sign in")),)
    form = AccountForm
    filter_horizontal = ("user_permissions",)
    add_form = UserCreationForm
    add_form_template = None
    add_fieldsets = (
        (
            None,
            {
                "fields": ("username", "password1", "password2"),
                "description": _(
                    "Pick a name and a first password, and tell them both. They may do what a "
                    "physical therapist does: write, publish, and help runners. They pick their "
                    "own password behind “Change password”."
                ),
            },
        ),
    )
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Who it is"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("What they may do"),
            {"fields": ("is_active", "is_staff", "groups", "is_superuser")},
        ),
        (
            _("Single rights, and dates"),
            {"classes": ("collapse",), "fields": ("user_permissions", "last_login", "date_joined")},
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.groups.add(Group.objects.get(name=GROUP))
