"""The draft on a phone, beside the form that edits it."""

from assessments.admin.phone.admin import PhoneAdmin

__all__ = ["PhoneAdmin"]
