"""The groups of the desk and their permissions, created after migrate.

A physical therapist does it all. Assistants read answers, or write content.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

GROUP = "Physical therapist"
READS = "Reads answers"
CURATES = "Curates content"
DRAFT = ("add", "change", "delete", "view")
AppPermissions = Mapping[str, Iterable[str]]

CONTENT: AppPermissions = {
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
}  # fmt: skip
PEOPLE: AppPermissions = {
    "submission": ("delete", "export", "view"),  # erase, download all, see
    "retention": ("change", "view"),  # shorter times erase, too
    # As above, and mark as wrong: that emails runners.
    "edition": ("add", "change", "recall", "view"),
}
PERMISSIONS: Mapping[str, AppPermissions] = {
    GROUP: {**CONTENT, **PEOPLE},
    READS: {"submission": ("view",)},
    CURATES: CONTENT,
}


def grant_on_migrate(app: AppConfig, groups: Mapping[str, AppPermissions]) -> None:
    """Sets each group's permissions in this app to exactly these after every migrate.

    Permissions of this app that were added to a group by hand are removed.
    """

    def grant(using: str, **kwargs: Any) -> None:
        create_permissions(app, verbosity=0, using=using)  # Django's own handler may run later
        for name, rights in groups.items():
            _grant(app, name, rights, using)

    post_migrate.connect(grant, sender=app, weak=False, dispatch_uid=f"{app.label}.rights")


def _grant(app: AppConfig, name: str, rights: AppPermissions, using: str) -> None:
    group, _ = Group.objects.using(using).get_or_create(name=name)
    permissions = Permission.objects.using(using).filter(content_type__app_label=app.label)
    codenames = [f"{action}_{model}" for model, actions in rights.items() for action in actions]
    group.permissions.remove(*permissions.exclude(codename__in=codenames))
    group.permissions.add(*permissions.filter(codename__in=codenames))
