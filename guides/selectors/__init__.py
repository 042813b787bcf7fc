"""Everything that reads: guides, contacts, deliveries."""

from guides.selectors.content import (
    forget,
    guide_by_slug,
    guide_content,
    guide_email_text,
    guide_live_for,
    guide_newest_edition,
    guide_offers,
)
from guides.selectors.delivery import (
    FAILED_SHOWN,
    MailStanding,
    address_suppressed,
    consent_step,
    contact_language,
    deliveries_due,
    deliveries_failed,
    deliveries_late,
    deliveries_of,
    deliveries_since,
    guide_for,
    mail_standing,
    oldest_due_age,
)

__all__ = [
    "FAILED_SHOWN",
    "MailStanding",
    "address_suppressed",
    "consent_step",
    "contact_language",
    "deliveries_due",
    "deliveries_failed",
    "deliveries_late",
    "deliveries_of",
    "deliveries_since",
    "forget",
    "guide_by_slug",
    "guide_content",
    "guide_email_text",
    "guide_for",
    "guide_live_for",
    "guide_newest_edition",
    "guide_offers",
    "mail_standing",
    "oldest_due_age",
]
