"""Pages in a frame, in templates."""

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse

from assessments.frames import current_frame, unframed
from assessments.runner.embed.themes import stamp

register = template.Library()
register.simple_tag(current_frame)
register.filter(unframed)
register.simple_tag(stamp, name="theme_stamp")


@register.simple_tag
def oembed_url(url: str) -> str:
    """Where others find out how to embed the page at this URL."""
    return f"{settings.SITE_URL}{reverse('assessments:oembed')}?{urlencode({'url': url})}"
