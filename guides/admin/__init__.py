"""The desk where the PT curates exercises, plans and guides, and sees who asked for them."""

from guides.admin import additions, content, delivery, library

__all__ = ["additions", "content", "delivery", "library"]
