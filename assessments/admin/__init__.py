"""The desk where the PT edits, proves and publishes self-checks, in her words."""

from django.contrib import admin

from assessments.admin import accounts, assessment, history, parts, practice, published, questions

admin.site.index_title = "Your desk"

__all__ = ["accounts", "assessment", "history", "parts", "practice", "published", "questions"]
