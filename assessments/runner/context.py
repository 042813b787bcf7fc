"""Template context that pages of a self-check share."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from assessments import selectors
from assessments.models import Edition
from assessments.runner.languages import home_path, language_links
from assessments.runner.sharing import Card, check_card, shared_path


def page_context(edition: Edition, card: Card, path: Callable[[Edition], str]) -> dict[str, Any]:
    """`path` is the page's own in the language of an edition."""
    return {
        "edition": edition,
        "definition": selectors.edition_definition(edition),
        "card": card,
        "home_path": home_path(edition),
        "languages": language_links(edition, path),
    }


def result_context(edition: Edition, profile: str | None) -> dict[str, Any]:
    """Of a page about one runner: it shows other sites no more than the self-check as it is now,
    and leads to the page of the result type if there still is one. A draft that was never published
    has nothing to show."""
    live = selectors.edition_live(edition.assessment.slug)
    if live is None:
        return {}
    return {
        "card": check_card(live),
        "home_path": home_path(live),
        "shared": shared_path(live, profile or ""),
    }


def check_path(edition: Edition) -> str:
    return reverse("assessments:check", args=[edition.assessment.slug])
