"""The page behind a link from the PT, where a runner types the right address for their guide."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from assessments.selectors import edition_definition
from guides import selectors
from guides.consents.wording import CORRECT
from guides.guide_requests.limits import LimitReachedError
from guides.guide_requests.services import guide_request
from guides.runner.forms import GuideRequestForm
from guides.signed_links import address_submission
from runfit.lib.client_ip import client_network
from runfit.lib.http import private_page, render_page
from runfit.lib.translation import use_language

TOO_MANY = _("We got too many requests in a short time, so we didn't send this one.")


# As for `request_guide`: the secret URL is the only credential.
@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request: HttpRequest, token: str) -> HttpResponse:
    """Shows neither answers nor the old address, since the link may have reached someone else."""
    submission = address_submission(token)
    edition = selectors.guide_for(submission) if submission else None
    if submission is None or edition is None:
        return render(request, "guides/address_over.html", status=410)
    language = edition_definition(submission.edition).language
    with use_language(language):
        form = GuideRequestForm(
            request.POST if request.method == "POST" else None,
            action=request.path,
            follow_up=False,  # the guide's own page offers more emails
            series=0,
            button=gettext(CORRECT),
        )
    context, status = {"form": form, "email": ""}, 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            guide_request(
                submission=submission,
                edition=edition,
                email=email,
                words=form.words_agreed(),
                network=client_network(request),
            )
            context["email"] = email
        except LimitReachedError:
            form.add_error(None, TOO_MANY)
            status = 429
    elif form.is_bound:
        status = 422
    return render_page(request, "guides/address.html", context, language=language, status=status)
