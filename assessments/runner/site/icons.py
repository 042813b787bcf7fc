"""The site's icons, drawn in the practice's color, and the manifest that names them."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from assessments import selectors
from runfit.lib.typesetting import raster

MASKABLE = "maskable"
SIDES = {"180": 180, "192": 192, "512": 512, MASKABLE: 512}
PAPER = "#faf5ee"  # as in runfit.css


def icon_color() -> str:
    """Six digits, as in the icons' URLs."""
    return selectors.practice().accent_colour.lstrip("#").lower()


def icon_path(name: str) -> str:
    return reverse("assessments:icon", args=[icon_color(), name])


def icon_png(color: str, name: str) -> bytes:
    mark = render_to_string("mark.html")
    maskable = name == MASKABLE
    return raster.icon_png(mark, size=SIDES[name], accent=f"#{color}", maskable=maskable)


def manifest() -> dict[str, Any]:
    """For a home screen: the site stays a site, with the browser's own Back."""
    practice = selectors.practice()
    home = reverse("assessments:home")
    return {
        "name": practice.name,
        "short_name": practice.name,
        "start_url": home,
        "scope": home,
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [_icon(name, side) for name, side in SIDES.items()],
    }


def _icon(name: str, side: int) -> dict[str, str]:
    purpose = name if name == MASKABLE else "any"
    return {
        "src": icon_path(name),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }
