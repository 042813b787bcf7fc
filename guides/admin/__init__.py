"""The desk where the PT curates exercises, plans and guides, and sees who asked for them."""

from guides.admin import contacts, content, deliveries, download_links, library

__all__ = ["contacts", "content", "deliveries", "download_links", "library"]
