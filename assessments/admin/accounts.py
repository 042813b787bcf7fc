"""User and group admins with safe lookups and edit-conflict detection."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin
from assessments.desk.large_lists import SafeLookupAdmin
from assessments.desk.menu import PRACTICE, MenuPlace
from assessments.desk.widgets import FOLDED
from assessments.permissions import GROUP
from runfit.lib.audit import change_log
from runfit.lib.sign_in.recent import recent_sign_in_check

admin.site.unregister([Group, User])

RIGHTS = ("is_active", "is_staff", "is_superuser")
ACTIONS = {
    "add": _("may add"),
    "change": _("may change"),
    "delete": _("may delete"),
    "view": _("may view"),
}
OWN_PERMISSIONS = (
    gettext_noop("Can mark a version as wrong"),
    gettext_noop("Can download all answers"),
    gettext_noop("Can download the confirmed contacts"),
    gettext_noop("Can send news emails"),
)


class GuardedAdmin(admin.ModelAdmin):
    """Asks for the password again before an account or its rights are seen or changed."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        recent_sign_in_check(request)
        return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        recent_sign_in_check(request)
        return super().delete_view(request, *args, **kwargs)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        recent_sign_in_check(request)
        return super().response_action(request, *args, **kwargs)


class PermissionsField(forms.ModelMultipleChoiceField):
    """Says in the desk's language what a right allows. Django keeps it in English."""

    def label_from_instance(self, obj: Permission) -> str:
        kind = obj.content_type
        action = obj.codename.removesuffix(f"_{kind.model}")
        may = ACTIONS.get(action) or gettext(obj.name)
        return f"{capfirst(kind.name)}: {may}"


class PermissionsAdmin(GuardedAdmin):
    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.remote_field.model is Permission:
            kwargs["form_class"] = PermissionsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Group)
class DeskGroupAdmin(PermissionsAdmin, ConcurrentEditAdmin, SafeLookupAdmin, GroupAdmin):  # type: ignore[misc]
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
            "groups": _(
                "A physical therapist writes, publishes, and helps runners. Assistants do one part "
                "of it."
            ),
        }
        widgets: ClassVar[Any] = {"groups": forms.CheckboxSelectMultiple}


@admin.register(User)
class DeskUserAdmin(PermissionsAdmin, ConcurrentEditAdmin, SafeLookupAdmin, UserAdmin):
    """A new account is a physical therapist's until someone changes that."""

    menu = (MenuPlace(PRACTICE, 2, _("Who can sign in")),)
    form = AccountForm
    change_form_template = "admin/account/user.html"
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
            {"classes": FOLDED, "fields": ("user_permissions", "last_login", "date_joined")},
        ),
    )

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        recent_sign_in_check(request)
        return super().user_change_password(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        user: User = form.instance
        groups_before = _groups(user)
        super().save_related(request, form, formsets, change)
        if not change:
            user.groups.add(Group.objects.get(name=GROUP))
        rights = ", ".join(name for name in form.changed_data if name in RIGHTS)
        groups = _groups(user)
        if rights or groups != groups_before:
            now = ", ".join(f"{name}: {getattr(user, name)}" for name in RIGHTS)
            change_log(user, "rights", groups_before, f"{groups} ({now})")


def _groups(user: User) -> str:
    return ", ".join(user.groups.order_by("name").values_list("name", flat=True))
