"""The sheet for a runner's own PT: the runner's page of it, and the page behind its link."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from assessments import selectors
from assessments.models import Submission
from assessments.runner.context import result_context
from assessments.runner.recalls.note import recall_note
from assessments.runner.sheet.content import sheet_of
from assessments.submissions.fhir import MEDIA_TYPE, fhir_bundle
from assessments.submissions.services import sheet_link_end, sheet_link_make
from assessments.submissions.signed_links import (
    sheet_is_signed,
    sheet_link_works,
    sheet_token,
    sheet_visit,
)
from runfit.lib.http import SeeOther, private_page, render_page
from runfit.lib.translation import use_language


@private_page
@require_safe
def own_sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The runner's page: the sheet to print, and its link to make and to end."""
    submission = _submission(token)
    if submission.superseded:
        return redirect("assessments:sheet", submission.newest)  # type: ignore[attr-defined]
    visit = submission.added_to or submission
    link = _address(visit) if visit.sheet_link_ends_at else ""
    download = reverse("assessments:sheet_fhir", args=[token])
    return _sheet(request, submission, download, own=True, visit=visit, link=link)


def _link_view(service: Callable[..., object]) -> Callable[[HttpRequest, str], HttpResponse]:
    # The result's secret URL is the only credential, as for asking for the guide.
    @csrf_exempt
    @private_page
    @require_POST
    def view(request: HttpRequest, token: str) -> HttpResponse:
        service(submission=_submission(token))
        return SeeOther(f"{reverse('assessments:sheet', args=[token])}#link")

    return view


make_link = _link_view(sheet_link_make)
end_link = _link_view(sheet_link_end)


@private_page
@require_safe
def own_fhir(request: HttpRequest, token: str) -> HttpResponse:
    return _fhir(_submission(token))


@private_page
@require_safe
def linked_sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link. It holds nothing that leads to the runner's own pages."""
    visit = _visit(token)
    if visit is None or not sheet_link_works(visit, token):
        return _ended(request, visit)
    download = reverse("assessments:linked_sheet_fhir", args=[token])
    return _sheet(request, selectors.submission_newest(visit), download)


@private_page
@require_safe
def linked_fhir(request: HttpRequest, token: str) -> HttpResponse:
    visit = _visit(token)
    if visit is None or not sheet_link_works(visit, token):
        return _ended(request, visit)
    return _fhir(selectors.submission_newest(visit))


def _submission(token: str) -> Submission:
    submission = selectors.submission_by_token(token)
    if submission is None:
        raise Http404
    return submission


def _visit(token: str) -> Submission | None:
    """None if its answers were erased."""
    if not sheet_is_signed(token):
        raise Http404
    return sheet_visit(token)


def _address(visit: Submission) -> str:
    return f"{settings.SITE_URL}{reverse('assessments:linked_sheet', args=[sheet_token(visit)])}"


def _sheet(request: HttpRequest, submission: Submission, download: str, **own: Any) -> HttpResponse:
    definition = selectors.edition_definition(submission.edition)
    with use_language(definition.language):
        context = {
            **result_context(submission.edition, None),
            "definition": definition,
            "edition": submission.edition,
            "sheet": sheet_of(submission),
            "recall": recall_note(submission, selectors.submission_result(submission)),
            "download": download,
            **own,
        }
        return render(request, "assessments/sheet/page.html", context)


def _ended(request: HttpRequest, visit: Submission | None) -> HttpResponse:
    """Erased answers leave no language, so then it's the site's."""
    language = (
        selectors.edition_definition(visit.edition).language if visit else settings.LANGUAGE_CODE
    )
    return render_page(request, "assessments/sheet/ended.html", {}, language=language, status=410)


def _fhir(submission: Submission) -> HttpResponse:
    name = f"{submission.edition.assessment.slug}-{submission.day.isoformat()}.json"
    return JsonResponse(
        fhir_bundle(submission),
        content_type=MEDIA_TYPE,
        json_dumps_params={"indent": 1, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
