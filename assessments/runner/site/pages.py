"""Renders the pages that are the same for everyone: home, a shared result type, an example."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.analytics.utm import SHARED, source_of, with_source
from assessments.definition import ProfileSpec
from assessments.models import Edition
from assessments.runner.context import page_context
from assessments.runner.languages import home_path
from assessments.runner.sharing import check_card, first_sentence, result_card, shared_path
from assessments.runner.site.example import example_path
from assessments.selectors import edition_definition, editions_beside
from runfit.lib.http import render_page


def home_page(request: HttpRequest, edition: Edition | None) -> HttpResponse:
    """The first page of a self-check, or one that says there's none yet."""
    if edition is None:
        return render(request, "assessments/closed.html")
    card = replace(check_card(edition), path=home_path(edition))
    context = page_context(edition, card, home_path) | {
        "example_path": example_path(edition),
        "others": [*map(edition_definition, editions_beside(edition))],
        "with_source": with_source(source_of(request)),
    }
    return render_page(
        request, "assessments/home.html", context, language=context["definition"].language
    )


def shared_page(request: HttpRequest, edition: Edition, profile: ProfileSpec) -> HttpResponse:
    """A result type as nobody's result, for those who get a link to it."""
    context = page_context(
        edition, result_card(edition, profile), lambda other: shared_path(other, profile.key)
    ) | {
        "profile": profile,
        "sentence": first_sentence(profile.summary),
        "with_source": with_source(source_of(request) or SHARED),
    }
    return render_page(
        request, "assessments/shared.html", context, language=context["definition"].language
    )
