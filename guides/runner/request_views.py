"""Views to request the guide, and the page that says it's on its way."""

from typing import TYPE_CHECKING, Any

from crispy_forms.utils import render_crispy_form
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.selectors import edition_definition, site_shown, submission_by_token
from assessments.submissions.request_limits import LimitReachedError
from guides import selectors
from guides.consents.wording import ASK, CORRECT
from guides.email_addresses import address_key, address_mask, address_readable
from guides.guide_requests.links import link_request_add
from guides.guide_requests.services import (
    guide_request,
    guide_send_again,
    resend_of,
)
from guides.models import Delivery, GuideEdition
from guides.runner import address_cookie
from guides.runner.forms import TOO_MANY, AddressForm, GuideRequestForm
from runfit.lib.caching import lru_cached
from runfit.lib.client_ip import client_network
from runfit.lib.http import later, private_page, render_page, see_other
from runfit.lib.shared_pages import shared_page
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Submission

PLACEHOLDER = "token-of-the-result"


def guide_box(request: HttpRequest, submission: "Submission") -> dict[str, Any]:
    """Template context for the guide on the result page: evidence, the plan's first move, and the
    request form, all from the live edition. Empty for a result without a guide."""
    edition = selectors.guide_for(submission)
    if edition is None:
        return {}
    content = selectors.guide_for_runner(edition, submission.profile, submission.safety)
    plan = content.plan(submission.profile)
    return {
        "guide_form": _guide_form(submission, edition, get_language()),  # a preview isn't stored
        "guide": content,
        "guide_key": " ".join([edition.sha256, *sorted(submission.safety)]),
        "plan": plan,
        "first_move": plan and content.first_move(plan),
        "minutes": plan and plan.minutes,
        "all_drawn": plan and all(move.picture for move in content.exercises_of(plan)),
    }


def _guide_form(
    submission: "Submission", edition: GuideEdition, language: str, button: str = ASK
) -> SafeString:
    html = _cached_guide_form(*_offered(submission, edition), button, language)
    return mark_safe(html.replace(PLACEHOLDER, submission.token))


def _offered(submission: "Submission", edition: GuideEdition) -> tuple[bool, int]:
    """Whether there's a follow-up, and how many emails the series has for this result."""
    series = selectors.guide_content(edition).series_for(submission.profile)
    return selectors.follow_up_offered(edition), len(series)


@lru_cached(maxsize=32)
def _cached_guide_form(follow_up: bool, series: int, button: str, language: str) -> str:
    """The form's HTML, rendered once: only the token differs between results."""
    action = reverse("guides:request", args=[PLACEHOLDER])
    with use_language(language):
        form = GuideRequestForm(
            action=action, follow_up=follow_up, series=series, button=gettext(button)
        )
        return str(render_crispy_form(form))


# The result's secret URL is the only credential: without a CSRF cookie, viewing a result sets no
# cookies.
@csrf_exempt
@private_page
@require_POST
def request_guide(request: HttpRequest, token: str) -> HttpResponse:
    submission = _submission(token)
    edition = selectors.guide_for(submission)
    if edition is None:
        raise PermissionDenied
    on_its_way = see_other("guides:on_its_way", token)
    follow_up, series = _offered(submission, edition)
    language = edition_definition(submission.edition).language  # the language of the result page
    with use_language(language):
        form = GuideRequestForm(
            request.POST,
            action=reverse("guides:request", args=[token]),
            follow_up=follow_up,
            series=series,
            button=gettext(ASK),
        )
    context = {"form": form, "token": token}
    network = client_network(request)
    try:
        if "again" in request.POST:
            guide_send_again(submission=submission, network=network, masked=request.POST["again"])
            return on_its_way
        if not form.is_valid():
            return render_page(
                request, "guides/request.html", context, language=language, status=422
            )
        address_cookie.address_cookie_set(on_its_way, email=form.cleaned_data["email"])
        guide_request(
            submission=submission,
            edition=edition,
            email=form.cleaned_data["email"],
            words=form.words_agreed(),
            network=network,
        )
    except LimitReachedError as limit:
        context["minutes"] = limit.minutes
        return later(
            render_page(request, "guides/limited.html", context, language=language),
            limit.retry_after,
        )
    return on_its_way


@private_page
@require_safe
def on_its_way(request: HttpRequest, token: str) -> HttpResponse:
    submission = _submission(token)
    deliveries = list(selectors.deliveries_of(submission).select_related("contact"))
    if not deliveries:
        return see_other("assessments:result", token)
    email = address_cookie.address_cookie_read(request)
    # A runner who returned to an earlier address sees the status of that one.
    own = [delivery for delivery in deliveries if _went_to(delivery, email)]
    shown = own or deliveries
    edition = selectors.guide_for(submission)  # None if the PT withdrew it since
    plan = edition and selectors.guide_for_runner(
        edition, submission.profile, submission.safety
    ).plan(submission.profile)
    language = edition_definition(submission.edition).language
    resend = resend_of(shown)
    typed = {
        "email": address_readable(email) if own else shown[0].masked_email,
        "masked_email": shown[0].masked_email,
        "seconds": str(resend.seconds),
    }

    def context() -> dict[str, Any]:
        return {
            "token": token,
            "resend": resend,
            "plan": plan,
            "correct_form": edition and _guide_form(submission, edition, language, CORRECT),
            "mail_kept_locally": settings.EMAIL_KEPT_LOCALLY,
            "inbox_url": reverse("admin:guides_inbox"),
            **typed,
        }

    template = "guides/on_its_way.html"
    if resend.waits_until or resend.next_at:  # it says how long from now
        return render_page(request, template, context(), language=language)
    guide = (edition and edition.pk, submission.profile, plan and plan.weeks)
    return shared_page(
        request,
        template,
        context,
        language=language,
        same=(guide, resend.allowed, settings.EMAIL_KEPT_LOCALLY, site_shown(language)),
        own=[token],
        variables=typed,
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def tell_me_first(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of the secret that the PDF links to."""
    return _own_link(request, slug, "guides/tell_me_first.html")


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def on_phone(
    request: HttpRequest, slug: str, number: int | None = None, plan: str = ""
) -> HttpResponse:
    """The page that the code on paper opens, for one session of a plan or the whole guide. A script
    goes on from here with the link that this browser opened last."""
    return _own_link(request, slug, "guides/on_phone.html", number=number, plan=plan)


def _own_link(request: HttpRequest, slug: str, template: str, **more: Any) -> HttpResponse:
    """A page that's the same for everyone: it points to the link in the email, or sends it again.
    A PDF is the same for many runners, so it can't hold anyone's own link."""
    guide = selectors.guide_by_slug(slug)
    if guide is None:
        raise Http404
    form = AddressForm(request.POST or None, action=request.path, button=_("Send me my link again"))
    content = selectors.guide_content(selectors.guide_newest_edition(guide))
    context = {
        "slug": slug,
        "title": content.title,
        "secret": content.secret,
        "form": form,
        "sent": False,
        **more,
    }
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            link_request_add(
                guide=guide, email=form.cleaned_data["email"], network=client_network(request)
            )
        except LimitReachedError as limit:
            with use_language(content.language):
                form.add_error(None, TOO_MANY % {"minutes": limit.minutes})
            return later(
                render_page(request, template, context, language=content.language),
                limit.retry_after,
            )
        context["sent"] = True
    return render_page(request, template, context, language=content.language, status=status)


def _went_to(delivery: Delivery, email: str) -> bool:
    """Whether a delivery went to an address. Masks are ambiguous: used only without a contact."""
    if delivery.contact:
        return delivery.contact.email_key == address_key(email)
    return delivery.masked_email.lower() == address_mask(email).lower()


def _submission(token: str) -> "Submission":
    submission = submission_by_token(token)
    if submission is None:
        raise Http404
    return submission
