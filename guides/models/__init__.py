"""Models of guides, exercises and plans, contacts, and deliveries."""

from guides.models.backups import Backup
from guides.models.contacts import Consent, Contact, LinkRequest, Suppression
from guides.models.content import (
    Guide,
    GuideEdition,
    GuideFault,
    GuidePhase,
    LoadedContent,
    Reference,
    TakeOver,
)
from guides.models.delivery import Delivery, DownloadLink, Heartbeat, MailEvent, MailServer
from guides.models.emails import EmailText, SeriesEmail
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
from guides.models.news import NewsEmail
from guides.models.recalls import Recall
from guides.models.training import Training
from guides.models.webhooks import WebhookEndpoint

__all__ = [
    "PICTURE_SIDE",
    "Backup",
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
    "LinkRequest",
    "LoadedContent",
    "MailEvent",
    "MailServer",
    "NewsEmail",
    "Phase",
    "Plan",
    "PlanBlock",
    "PlanStep",
    "Recall",
    "Reference",
    "SeriesEmail",
    "SharedRules",
    "Suppression",
    "TakeOver",
    "Training",
    "WebhookEndpoint",
]
