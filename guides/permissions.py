"""What the PT may do with guides, and with who asked for them."""

from assessments.permissions import DRAFT, Rights

RIGHTS: Rights = {
    **dict.fromkeys(
        ("exercise", "plan", "planblock", "planstep", "guide", "guidephase", "reference",
         "emailtext"),
        DRAFT,
    ),
    "sharedrules": ("change", "view"),
    "guideedition": ("add", "change", "view"),  # publish, sign, see
    "contact": ("delete", "export", "view"),  # erase, download who confirmed, see
    "delivery": ("change", "view"),  # send again, see
    "downloadlink": ("change", "view"),  # revoke, see
    "consent": ("view",),
    "mailevent": ("view",),
    "suppression": ("change", "view"),  # write again where a mail came back, see
}  # fmt: skip
