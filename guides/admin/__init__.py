"""The desk where the PT curates exercises, plans and guides, and sees who asked for them."""

from guides.admin import content, delivery, library

__all__ = ["content", "delivery", "library"]
