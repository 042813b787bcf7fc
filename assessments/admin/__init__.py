"""Admin registrations for self-checks, their editions and answers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from assessments.admin import (
    accounts,
    assessments,
    audit_log,
    cases,
    editions,
    parts,
    practice,
    questions,
    retention,
    submissions,
)

admin.site.index_title = _("Your desk")
admin.site.enable_nav_sidebar = False  # the menu is on top (assessments.desk.menu)

__all__ = [
    "accounts",
    "assessments",
    "audit_log",
    "cases",
    "editions",
    "parts",
    "practice",
    "questions",
    "retention",
    "submissions",
]
