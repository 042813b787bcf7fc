"""The page behind a link from the PT, where a runner types the right address for their guide."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from assessments.selectors import edition_definition
from assessments.submissions.request_limits import LimitReachedError
from guides import selectors
from guides.consents.wording import CORRECT
from guides.guide_requests.services import RequestedMeanwhileError, guide_request
from guides.runner.address_cookie import address_cookie_read, address_cookie_set
from guides.runner.forms import TOO_MANY, GuideRequestForm
from guides.signed_links import address_link
from runfit.lib.client_ip import client_network
from runfit.lib.http import later, private_page, render_page, see_other
from runfit.lib.translation import use_language

PAGE = "guides/address.html"
OVER = "guides/address_over.html"


# As for `request_guide`: the secret URL is the only credential.
@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request: HttpRequest, token: str) -> HttpResponse:
    """Shows neither answers nor the old address, since the link may have reached someone else."""
    link = address_link(token)
    edition = selectors.guide_for(link.submission) if link else None
    if link is None or edition is None:
        return render(request, OVER, status=410)
    submission = link.submission
    language = edition_definition(submission.edition).language
    if link.used:
        return _used(request, language)
    with use_language(language):
        form = GuideRequestForm(
            request.POST if request.method == "POST" else None,
            action=request.path,
            follow_up=False,  # the guide's own page offers more emails
            series=0,
            button=gettext(CORRECT),
        )
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            guide_request(
                submission=submission,
                edition=edition,
                email=email,
                words=form.words_agreed(),
                network=client_network(request),
                after=link.last_request,
            )
        except RequestedMeanwhileError:
            return render(request, OVER, status=410)
        except LimitReachedError as limit:
            with use_language(language):
                form.add_error(None, TOO_MANY % {"minutes": limit.minutes})
            page = render_page(request, PAGE, {"form": form}, language=language)
            return later(page, limit.retry_after)
        on_its_way = see_other(request.path)
        address_cookie_set(on_its_way, email=email)
        return on_its_way
    status = 422 if form.is_bound else 200
    return render_page(request, PAGE, {"form": form}, language=language, status=status)


def _used(request: HttpRequest, language: str) -> HttpResponse:
    """Says where the guide goes only in the browser in which that was typed."""
    email = "" if request.method == "POST" else address_cookie_read(request)
    if not email:
        return render(request, OVER, status=410)
    return render_page(request, PAGE, {"email": email}, language=language)
