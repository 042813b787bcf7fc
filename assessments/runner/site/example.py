"""The example result: a case of the live edition, scored and shown as a runner's result is."""

from django.http import HttpRequest
from django.urls import reverse

from assessments import selectors
from assessments.models import Edition, Submission
from assessments.runner.context import check_path
from assessments.runner.languages import language_links
from assessments.runner.rendering import result_page
from assessments.scoring import Result, score
from runfit.lib.caching import cached, lru_cached
from runfit.lib.translation import use_language

QUERY = "{query}"


def example_path(edition: Edition) -> str:
    """Blank without an example."""
    if _scored(edition) is None:
        return ""
    return reverse("assessments:example", args=[edition.assessment.slug])


def example_page(request: HttpRequest, edition: Edition, query: str) -> str:
    """The page, whose links to the self-check end in the query. Blank without an example. Nothing
    is stored, and nothing else on the page depends on who asks."""
    page = cached(
        ("example", edition.pk),
        lambda: _page(request, edition),
        depends_on=(edition, selectors.practice()),
    )
    return page.replace(QUERY, query)


def _page(request: HttpRequest, edition: Edition) -> str:
    definition, scored = selectors.edition_definition(edition), _scored(edition)
    if scored is None:
        return ""
    example = {
        "link": f"{check_path(edition)}{QUERY}",
        "languages": language_links(edition, example_path),
    }
    with use_language(definition.language):
        submission = _submission(edition, scored)
        page = result_page(request, submission, definition, scored, example=example)
    return page.content.decode()


@lru_cached(maxsize=64)
def _scored(edition: Edition) -> Result | None:
    """None without a case, or if it ends in a safety page."""
    definition = selectors.edition_definition(edition)
    case = definition.example
    scored = score(definition, case.answers, case.safety) if case else None
    return scored if scored and not scored.safety_level else None


def _submission(edition: Edition, scored: Result) -> Submission:
    return Submission(
        token="x" * 43,  # it isn't stored
        edition=edition,
        answers=dict(scored.answers),
        safety=["none"],
        result=scored.expect(),
        profile=scored.profile or "",
        total=scored.total,
    )
