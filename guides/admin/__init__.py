"""Admin pages for exercises, plans, guides, and the people who asked for them."""

from guides.admin import contacts, content, deliveries, download_links, library
from guides.admin.backups import admin as backups
from guides.admin.emails import news
from guides.admin.versions import admin as versions
from guides.admin.webhooks import admin as webhooks

__all__ = [
    "backups",
    "contacts",
    "content",
    "deliveries",
    "download_links",
    "library",
    "news",
    "versions",
    "webhooks",
]
