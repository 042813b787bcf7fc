"""How long things are kept."""

from assessments.admin.retention import admin

__all__ = ["admin"]
