"""Everything that writes: exercises, guides and their editions, requests, contacts."""

from guides.consents.export import Which, contacts_count, contacts_export
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_erase,
    contact_resubscribe,
    contact_unsubscribe,
    follow_up_cancel,
    link_opened,
    suppression_lift,
)
from guides.delivery.outbox import delivery_requeue
from guides.guide_requests.services import (
    LimitReachedError,
    Resend,
    guide_request,
    guide_send_again,
    link_renew,
    link_renew_for,
    resend_is_due,
    resend_of,
)
from guides.pdf.file_integrity import file_mark
from guides.pdf.storage import GuidePdf, guide_pdf, guide_preview, guide_render
from guides.publishing.library import (
    LoadReport,
    content_loaded,
    content_loaded_note,
    exercises_load,
    library_export,
)
from guides.publishing.repair import files_mend
from guides.publishing.restore import guide_edition_restore
from guides.publishing.sample_emails import (
    SampleNotSentError,
    guide_email_samples,
    guide_email_samples_send,
)
from guides.publishing.services import (
    EXERCISES_SLUG,
    assessment_guides_check,
    content_export,
    guide_check,
    guide_compile,
    guide_data,
    guide_edition_changes,
    guide_edition_sign,
    guide_edition_to_fill_in,
    guide_export,
    guide_load,
    guide_overview,
    guide_publish,
    guide_restore_changes,
)
from guides.publishing.validation import practice_guides_check
from guides.tracking.services import mail_events_add

__all__ = [
    "EXERCISES_SLUG",
    "GuidePdf",
    "LimitReachedError",
    "LoadReport",
    "Resend",
    "SampleNotSentError",
    "Which",
    "assessment_guides_check",
    "consent_confirm",
    "consent_withdraw",
    "contact_erase",
    "contact_resubscribe",
    "contact_unsubscribe",
    "contacts_count",
    "contacts_export",
    "content_export",
    "content_loaded",
    "content_loaded_note",
    "delivery_requeue",
    "exercises_load",
    "file_mark",
    "files_mend",
    "follow_up_cancel",
    "guide_check",
    "guide_compile",
    "guide_data",
    "guide_edition_changes",
    "guide_edition_restore",
    "guide_edition_sign",
    "guide_edition_to_fill_in",
    "guide_email_samples",
    "guide_email_samples_send",
    "guide_export",
    "guide_load",
    "guide_overview",
    "guide_pdf",
    "guide_preview",
    "guide_publish",
    "guide_render",
    "guide_request",
    "guide_restore_changes",
    "guide_send_again",
    "library_export",
    "link_opened",
    "link_renew",
    "link_renew_for",
    "mail_events_add",
    "practice_guides_check",
    "resend_is_due",
    "resend_of",
    "suppression_lift",
]
