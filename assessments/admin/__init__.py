"""Admin registrations for self-checks, their editions and answers."""

from django.contrib import admin

from assessments.admin import (
    accounts,
    assessments,
    audit_log,
    cases,
    editions,
    parts,
    practice,
    questions,
    submissions,
)

admin.site.index_title = "Your desk"

__all__ = [
    "accounts",
    "assessments",
    "audit_log",
    "cases",
    "editions",
    "parts",
    "practice",
    "questions",
    "submissions",
]
