"""Renders the pages that are the same for everyone: home, a shared result type, an example."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.analytics.utm import SHARED, source_of, with_source
from assessments.definition import ProfileSpec
from assessments.models import Edition
from assessments.runner.context import page_context
from assessments.runner.languages import home_path, language_links
from assessments.runner.sharing import check_card, first_sentence, result_card, shared_path
from assessments.runner.site.example import example_path
from assessments.selectors import edition_definition, editions_beside, site_shown
from runfit.lib import shared_pages


def home_page(request: HttpRequest, edition: Edition | None) -> HttpResponse:
    """The first page of a self-check, or one that says there's none yet."""
    if edition is None:
        return render(request, "assessments/closed.html")
    others, example = editions_beside(edition), example_path(edition)

    def context() -> dict[str, Any]:
        card = replace(check_card(edition), path=home_path(edition))
        return page_context(edition, card, home_path) | {
            "example_path": example,
            "others": [*map(edition_definition, others)],
        }

    return _page(
        request,
        "assessments/home.html",
        context,
        edition=edition,
        same=(example, [other.pk for other in others], language_links(edition, home_path)),
        query=with_source(source_of(request)),
    )


def shared_page(request: HttpRequest, edition: Edition, profile: ProfileSpec) -> HttpResponse:
    """A result type as nobody's result, for those who get a link to it."""

    def path(other: Edition) -> str:
        return shared_path(other, profile.key)

    def context() -> dict[str, Any]:
        return page_context(edition, result_card(edition, profile), path) | {
            "profile": profile,
            "sentence": first_sentence(profile.summary),
        }

    return _page(
        request,
        "assessments/shared.html",
        context,
        edition=edition,
        same=(profile.key, language_links(edition, path)),
        query=with_source(source_of(request) or SHARED),
    )


def _page(
    request: HttpRequest,
    template: str,
    context: Callable[[], dict[str, Any]],
    *,
    edition: Edition,
    same: object,
    query: str,
) -> HttpResponse:
    """Rendered once. Its links to the self-check end in the `query`; `same` is what it shows beside
    the edition, its signature, and the site around."""
    language = edition_definition(edition).language
    signature = (edition.reviewed_by, edition.reviewed_on, edition.is_due_again)
    return shared_pages.shared_page(
        request,
        template,
        lambda: context() | {"with_source": ""},
        language=language,
        same=(edition.pk, signature, same, bool(query), site_shown(language)),
        own=(),
        variables={"with_source": query} if query else None,
    )
