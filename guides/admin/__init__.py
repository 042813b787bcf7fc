"""The desk where the PT curates exercises, plans and guides, and sees who asked for them."""

from guides.admin import contacts, content, library

__all__ = ["contacts", "content", "library"]
