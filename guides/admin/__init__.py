"""Admin pages for exercises, plans, guides, and the people who asked for them."""

from guides.admin import contacts, content, deliveries, download_links, library

__all__ = ["contacts", "content", "deliveries", "download_links", "library"]
