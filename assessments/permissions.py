"""What the PT may do: a group that is made with the tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

GROUP = "Physical therapist"
DRAFT = ("add", "change", "delete", "view")
Rights = Mapping[str, Iterable[str]]

RIGHTS: Rights = {
    **dict.fromkeys(
        (
            "assessment", "safetyitem", "derivedsafety", "safetylevel", "question", "choice",
            "band", "dimension", "profile", "profilefaq", "notice", "faq", "retestadvice",
            "condition",
        ),
        DRAFT,
    ),
    "practice": ("change", "view"),
    "edition": ("add", "change", "view"),  # publish, sign, see
    "submission": ("delete", "export", "view"),  # erase, download all, see
}  # fmt: skip


def grant_on_migrate(app: AppConfig, rights: Rights) -> None:
    """After each migrate the group has these rights in this app, and no others.

    The lists of the two apps are the only place where they are named. Whatever somebody checks by
    hand in this group doesn't survive the next migration.
    """

    def grant(using: str, **kwargs: Any) -> None:
        create_permissions(app, verbosity=0, using=using)  # they may not be there yet
        group, _ = Group.objects.using(using).get_or_create(name=GROUP)
        own = Permission.objects.using(using).filter(content_type__app_label=app.label)
        names = [f"{right}_{model}" for model, each in rights.items() for right in each]
        group.permissions.remove(*own.exclude(codename__in=names))
        group.permissions.add(*own.filter(codename__in=names))

    post_migrate.connect(grant, sender=app, weak=False, dispatch_uid=f"{app.label}.rights")
