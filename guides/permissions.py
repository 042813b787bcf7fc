"""The PT's permissions for guides, contacts and deliveries."""

from assessments.permissions import DRAFT, AppPermissions

PERMISSIONS: AppPermissions = {
    **dict.fromkeys(
        ("exercise", "exercisepicture", "plan", "planblock", "planstep", "guide", "guidephase",
         "reference", "emailtext", "seriesemail"),
        DRAFT,
    ),
    "sharedrules": ("change", "view"),
    "guideedition": ("add", "change", "view"),  # publish, sign, see
    "contact": ("change", "delete", "export", "view"),  # keep a note, erase, download, see
    "delivery": ("change", "view"),  # send again, see
    "downloadlink": ("change", "view"),  # revoke, see
    "consent": ("view",),
    "mailevent": ("view",),
    "suppression": ("change", "view"),  # lift a bounce, see
}  # fmt: skip
