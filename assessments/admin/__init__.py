"""The desk where the PT edits, proves and publishes self-checks, in her words."""

from assessments.admin import assessment, history, parts, practice, published, questions

__all__ = ["assessment", "history", "parts", "practice", "published", "questions"]
