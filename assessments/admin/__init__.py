"""The desk where the PT edits, proves and publishes self-checks, in her words."""

from assessments.admin import assessment, parts, practice, published, questions

__all__ = ["assessment", "parts", "practice", "published", "questions"]
