"""Pages of a retest: the calendar file for when it's time."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from assessments import selectors
from assessments.runner.retest.start import calendar_of, earlier_answers
from runfit.lib.http import private_page
from runfit.lib.translation import use_language


@private_page
@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    edition = selectors.edition_live(slug)
    earlier = earlier_answers(request, edition) if edition else None
    if edition is None or earlier is None:
        raise Http404
    with use_language(selectors.edition_definition(edition).language):
        content = calendar_of(edition, earlier)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
