"""What each group of the desk may do with guides, contacts and deliveries."""

from collections.abc import Mapping

from assessments.permissions import CURATES, DRAFT, GROUP, READS, AppPermissions

CONTENT: AppPermissions = {
    **dict.fromkeys(
        ("exercise", "exercisepicture", "plan", "planblock", "planstep", "guide", "guidephase",
         "reference", "emailtext", "seriesemail"),
        DRAFT,
    ),
    "sharedrules": ("change", "view"),
    "guideedition": ("add", "change", "view"),  # publish, sign, see
    "newsemail": DRAFT,
}  # fmt: skip
PEOPLE: AppPermissions = {
    "newsemail": (*DRAFT, "send"),
    # As above, and mark as wrong: that emails runners.
    "guideedition": ("add", "change", "recall", "view"),
    "contact": ("change", "delete", "export", "view"),  # keep a note, erase, download, see
    "delivery": ("change", "view"),  # send again, see
    "downloadlink": ("change", "view"),  # revoke, see
    "consent": ("view",),
    "mailevent": ("view",),
    "suppression": ("change", "view"),  # lift a bounce, see
    "webhookendpoint": DRAFT,
}
PERMISSIONS: Mapping[str, AppPermissions] = {
    GROUP: {**CONTENT, **PEOPLE},
    READS: dict.fromkeys(("contact", "delivery", "downloadlink", "consent"), ("view",)),
    CURATES: CONTENT,
}
