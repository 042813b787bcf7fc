"""Views of the pages that are the same for everyone, and of the files that they name."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from assessments import selectors
from assessments.analytics.utm import source_of, with_source
from assessments.analytics.visits import count_visit
from assessments.models import Edition
from assessments.runner.sharing import Card, check_card, picture_png, result_card
from assessments.runner.site.example import example_page
from assessments.runner.site.icons import icon_color, icon_path, icon_png, manifest
from assessments.runner.site.pages import home_page, shared_page
from assessments.runner.site.practice_texts import passed_on_section, text_sections, with_how_long
from runfit.lib.svg.validation import svg_file

HOUR = 3600
YEAR = 365 * 24 * HOUR


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    edition = selectors.edition_default()
    if edition:
        count_visit(request, edition)
    return home_page(request, edition)


@require_safe
def home_in(request: HttpRequest, language: str) -> HttpResponse:
    """The first page in another language."""
    default = selectors.edition_default()
    edition = selectors.translations(default).get(language) if default else None
    if edition is None:
        raise Http404
    count_visit(request, edition)
    return home_page(request, edition)


@require_safe
def shared(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    edition = _live(slug)
    definition = selectors.edition_definition(edition)
    if not definition.has_profile(key):
        raise Http404
    count_visit(request, edition)
    return shared_page(request, edition, definition.profile(key))


@require_safe
def example(request: HttpRequest, slug: str) -> HttpResponse:
    """Not for search engines, as no result is. It counts neither as a visit nor as a result."""
    page = example_page(request, _live(slug), with_source(source_of(request)))
    if not page:
        raise Http404
    response = HttpResponse(page)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def card(request: HttpRequest, slug: str, stamp: str) -> HttpResponse:
    return _picture(check_card(_live(slug)), stamp)


@require_safe
def shared_card(request: HttpRequest, slug: str, key: str, stamp: str) -> HttpResponse:
    edition = _live(slug)
    definition = selectors.edition_definition(edition)
    if not definition.has_profile(key):
        raise Http404
    return _picture(result_card(edition, definition.profile(key)), stamp)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    notice = with_how_long(selectors.practice().privacy_notice)
    sections = text_sections(notice) + passed_on_section()
    return render(request, "assessments/privacy.html", {"sections": sections})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    sections = text_sections(selectors.practice().accessibility_statement)
    return render(request, "assessments/accessibility.html", {"sections": sections})


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def practice_css(request: HttpRequest, colour: str) -> HttpResponse:
    """The practice's accent color as a style sheet, as CSP forbids style attributes. The color is
    in the URL."""
    css = f":root{{--accent:#{colour}}}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def drawing(request: HttpRequest, edition: str, key: str) -> HttpResponse:
    """A question's drawing. An edition never changes, and neither does this."""
    found = selectors.edition_get(int(edition))
    definition = selectors.edition_definition(found) if found else None
    if definition is None or not definition.has_question(key):
        raise Http404
    shown = definition.question(key).drawing
    if shown is None:
        raise Http404
    return HttpResponse(svg_file(shown.svg), content_type="image/svg+xml")


@require_safe
def icon(request: HttpRequest, colour: str, name: str) -> HttpResponse:
    """Only today's color is drawn, so nobody can make up work: earlier URLs lead to it."""
    if colour != icon_color():
        return redirect(icon_path(name))
    return _png(icon_png(colour, name))


@require_safe
def touch_icon(request: HttpRequest) -> HttpResponse:
    """For devices that ask for it without reading a page."""
    return redirect(icon_path("180"))


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def icon_svg(request: HttpRequest, colour: str) -> HttpResponse:
    return render(request, "icon.svg", {"color": colour}, content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=HOUR)
def web_manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(manifest(), content_type="application/manifest+json")


def _live(slug: str) -> Edition:
    edition = selectors.edition_live(slug)
    if edition is None:
        raise Http404
    return edition


def _picture(card: Card, stamp: str) -> HttpResponse:
    """Only today's picture is drawn, so nobody can make up work: earlier URLs lead to it."""
    if stamp != card.picture.stamp:
        return redirect(card.image)
    return _png(picture_png(card.picture))


def _png(content: bytes) -> HttpResponse:
    """For good: its URL says what's in it."""
    response = HttpResponse(content, content_type="image/png")
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
