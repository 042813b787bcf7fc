"""The runner's style sheet with its theme decided: an article may be light on a dark phone."""

from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from rcssmin import cssmin

from runfit.lib.caching import lru_cached

DARK = "(prefers-color-scheme: dark)"
ALWAYS, NEVER = "(min-width: 0)", "(max-width: 0)"


@lru_cached(maxsize=2)
def style_sheet(theme: str) -> str:
    """As if the browser asked for this theme."""
    css = Path(str(finders.find("runfit/runfit.css"))).read_text(encoding="utf-8")
    css = css.replace(DARK, ALWAYS if theme == "dark" else NEVER)
    return str(cssmin(css.replace("color-scheme: light dark", f"color-scheme: {theme}")))


@lru_cached(maxsize=2)
def stamp(theme: str) -> str:
    """In the style sheet's address, so that it can be cached for long."""
    return sha256(style_sheet(theme).encode()).hexdigest()[:12]
