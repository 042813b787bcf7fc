"""The worker that opens a guide without a network, and the manifest of a guide."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments.selectors import practice
from guides import selectors
from guides.runner.guide_views import link_or_404
from runfit.lib.http import private_page

ICONS = (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Here, so that it may open the pages beneath. Browsers ask again at each visit, and take the
    new one once its name has changed."""
    script = f'importScripts("{static("runfit/worker.js")}");\n'
    return HttpResponse(script, content_type="text/javascript")


@private_page
@require_safe
def manifest(request: HttpRequest, token: str) -> HttpResponse:
    """For a home screen: it opens this guide, in the browser that has its record."""
    content = selectors.guide_content(link_or_404(token).edition)
    guide = reverse("guides:guide", args=[token])
    data = {
        "id": guide,
        "name": content.title,
        "short_name": practice().name,
        "lang": content.language,
        "start_url": guide,
        "scope": guide,
        "display": "minimal-ui",
        "icons": [_icon(*icon) for icon in ICONS],
    }
    return JsonResponse(data, content_type="application/manifest+json")


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    color = practice().accent_colour.lstrip("#").lower()
    return {
        "src": reverse("assessments:icon", args=[color, name]),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }
