"""The "Physical therapist" group and its permissions, created after migrate."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

GROUP = "Physical therapist"
DRAFT = ("add", "change", "delete", "view")
AppPermissions = Mapping[str, Iterable[str]]

PERMISSIONS: AppPermissions = {
    **dict.fromkeys(
        (
            "assessment", "safetyitem", "derivedsafety", "safetylevel", "question", "choice",
            "band", "dimension", "profile", "profilefaq", "notice", "faq", "retestadvice",
            "condition", "case",
        ),
        DRAFT,
    ),
    "practice": ("change", "view"),
    "edition": ("add", "change", "view"),  # publish, sign, see
    "submission": ("delete", "export", "view"),  # erase, download all, see
}  # fmt: skip


def grant_on_migrate(app: AppConfig, rights: AppPermissions) -> None:
    """Sets the group's permissions in this app to exactly these after every migrate.

    Permissions of this app that were added to the group by hand are removed.
    """

    def grant(using: str, **kwargs: Any) -> None:
        create_permissions(app, verbosity=0, using=using)  # Django's own handler may run later
        group, _ = Group.objects.using(using).get_or_create(name=GROUP)
        permissions = Permission.objects.using(using).filter(content_type__app_label=app.label)
        codenames = [f"{action}_{model}" for model, actions in rights.items() for action in actions]
        group.permissions.remove(*permissions.exclude(codename__in=codenames))
        group.permissions.add(*permissions.filter(codename__in=codenames))

    post_migrate.connect(grant, sender=app, weak=False, dispatch_uid=f"{app.label}.rights")
