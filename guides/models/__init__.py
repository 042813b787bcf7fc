"""Models of guides, exercises and plans, contacts, and deliveries."""

from guides.models.contacts import Consent, Contact, Suppression
from guides.models.content import (
    EmailText,
    Guide,
    GuideEdition,
    GuideFault,
    GuidePhase,
    LoadedContent,
    Reference,
    SeriesEmail,
    TakeOver,
)
from guides.models.delivery import Delivery, DownloadLink, Heartbeat, MailEvent, MailServer
from guides.models.library import (
    PICTURE_SIDE,
    Exercise,
    ExercisePicture,
    Phase,
    Plan,
    PlanBlock,
    PlanStep,
    SharedRules,
)

__all__ = [
    "PICTURE_SIDE",
    "Consent",
    "Contact",
    "Delivery",
    "DownloadLink",
    "EmailText",
    "Exercise",
    "ExercisePicture",
    "Guide",
    "GuideEdition",
    "GuideFault",
    "GuidePhase",
    "Heartbeat",
    "LoadedContent",
    "MailEvent",
    "MailServer",
    "Phase",
    "Plan",
    "PlanBlock",
    "PlanStep",
    "Reference",
    "SeriesEmail",
    "SharedRules",
    "Suppression",
    "TakeOver",
]
