"""Views of the guide: its page, the PDF download, and the secret."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import assessments.selectors
from assessments.analytics import collector
from assessments.analytics.bots import is_bot
from assessments.analytics.utm import MEASURE_AGAIN, with_source
from assessments.selectors import submission_newest
from assessments.submissions.request_limits import LimitReachedError
from assessments.submissions.signed_links import retest_path
from guides import selectors, signed_links
from guides.consents import follow_up_cookie
from guides.consents.services import consent_confirm, link_opened
from guides.consents.wording import ConsentQuestion
from guides.content import SERIES_LENGTH, GuideContent, RunnerAdvice
from guides.content.grouped_lines import grouped
from guides.email_addresses import address_mask
from guides.guide_requests.links import link_renew
from guides.models import Consent, DownloadLink
from guides.pdf.papers import TYPST_PAPER, Paper, paper_for
from guides.pdf.render import PlanMissingError, UnbuildableError
from guides.pdf.storage import GuidePdf, guide_pdf
from guides.recalls.services import link_to_current
from guides.runner.consent_questions import consent_context, consent_question
from guides.runner.link_pages import own_words, shown_of
from guides.runner.offline.page import is_saving, may_be_saved, saved_context
from guides.runner.training.page import training_context
from guides.runner.training.plans import current_plan, session_path
from guides.states import LINK_LIFE, Kind
from runfit.lib.client_ip import client_network
from runfit.lib.http import later, private_page, render_page, see_other
from runfit.lib.shared_pages import shared_page
from runfit.lib.translation import use_language

logger = logging.getLogger(__name__)

PDF_LATER = "pdf=later"
PLAN_CHANGED = "plan=changed"
NUMBERED = {
    Kind.SERIES: ("email", SERIES_LENGTH),
    Kind.CHECK_IN: ("check_in", LINK_LIFE // timedelta(weeks=1)),
}
"""What a link in an email calls its number, and the highest one."""


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest, token: str, plan: str = "") -> HttpResponse:
    """The guide with the plan that's on, or with one that's named."""
    link = link_or_404(token)
    if link.expired:
        return _expired(request, link, token)
    if request.method == "POST":
        return _consented(request, link, token)
    if not is_saving(request):
        _record_event(request, link, "fetched")
        _record_click(request, link)
    return guide_page(request, link, token, plan)


def guide_page(
    request: HttpRequest, link: DownloadLink, token: str, named: str = "", **refused: BaseForm
) -> HttpResponse:
    """The guide's page. A form that was `refused` comes back with what's wrong."""
    content, advice = selectors.guide_for_link(link)
    current, plans = current_plan(link, content), selectors.plans_of(link, content)
    if named and named not in plans:
        return see_other("guides:guide", token)
    key, recall = named or current, selectors.link_recall(link)
    visit = {
        "paper": _paper(request),
        "pdf_later": request.META["QUERY_STRING"] == PDF_LATER,
        "plan_changed": request.META["QUERY_STRING"] == PLAN_CHANGED,
        **consent_context(link, content.language),
    }

    def context() -> dict[str, Any]:
        return {
            "token": token,
            "link": link,
            "edition": link.edition,
            "recall": recall,
            "download_url": reverse("guides:download", args=[token]),
            "of_plan": f"&plan={key}" if key != current else "",
            "secret_url": reverse("guides:secret", args=[token]),
            **visit,
            **_plan_context(link, token, key, content, advice),
            **saved_context(link, token, content, advice=advice, recall=recall),
            **training_context(link, token, content, key, **refused),
        }

    template, language = "guides/guide.html", content.language
    if refused:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        page = render_page(request, template, context(), language=language, status=status)
    else:
        same = (key, visit, shown_of(link, advice, recall, language))
        own = own_words(link, token, advice, recall)
        page = shared_page(request, template, context, language=language, same=same, own=own)
    return may_be_saved(page)


def _consented(request: HttpRequest, link: DownloadLink, token: str) -> HttpResponse:
    response = see_other("guides:guide", token)
    purpose = request.POST.get("purpose", Consent.Purpose.FOLLOW_UP)
    with use_language(selectors.guide_content(link.edition).language):
        question = consent_question(purpose, link)
    if request.POST.get("action") == "confirm" and question:
        consent_confirm(
            contact=link.contact,
            purpose=Consent.Purpose(purpose),
            words=question.read(request.POST.get("words", "")),
            page="guides:guide",
            link=link,
        )
        follow_up_cookie.follow_up_cookie_set(response, contact=link.contact)
    return response


def _plan_context(
    link: DownloadLink, token: str, key: str, content: GuideContent, advice: RunnerAdvice
) -> dict[str, Any]:
    plan = content.plan(key)
    words_key = [link.edition.sha256, key, str(bool(plan)), *sorted(advice.skip_for)]
    sessions = [
        (block, content.session(block), session_path(link, token, key, number))
        for number, block in enumerate(plan.blocks if plan else (), start=1)
    ]
    return {
        "content": content,
        "words_key": " ".join(words_key),
        "advice": advice,
        "notices": content.own_notices(advice),
        "left_out": left_out_of(link, key, advice),
        "plan_unknown": selectors.plan_unknown(link),
        "profile": content.profile(link.profile),
        "plan": plan,
        "weeks": sessions,
        "before_run": [exercise.name for exercise in content.before_run(plan)] if plan else [],
        "see_someone": grouped(content.see_someone),
        "rules": content.shared_rules,
        "harder": content.progress,
    }


@private_page
@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    link = link_or_404(token)
    if link.expired:
        return _expired(request, link, token)
    if has_no_plan(link) or link.edition.recalled_at:
        return see_other("guides:guide", token)
    chosen = request.GET.get("paper")
    paper = next((paper for paper in TYPST_PAPER if paper == chosen), None) or _paper(request)
    content, advice = selectors.guide_for_link(link)
    named = request.GET.get("plan", "")
    plan = named if named in selectors.plans_of(link, content) else current_plan(link, content)
    try:
        pdf = guide_pdf(edition=link.edition, profile=plan, paper=paper, advice=advice)
    except PlanMissingError:
        logger.critical("%s has neither its own PDF nor a plan for this result.", link.edition)
        return _redirect_to_page(token)
    except UnbuildableError:  # recorded where it was raised
        return _redirect_to_page(token)
    _record_event(request, link, "downloaded")
    name = f"{content.title}.pdf"
    response = get_conditional_response(request, pdf.etag) or _pdf_response(pdf, name)
    response["ETag"] = pdf.etag
    # The browser caches it, but revalidates each time, since the link may be revoked.
    response["Cache-Control"] = "private, no-cache"
    return response


@private_page
@require_safe
def retest(request: HttpRequest, token: str) -> HttpResponse:
    """To the self-check, carrying the answers of this guide. A link that has expired asks for a
    fresh one first, and a runner whose answers are gone or may be someone else's starts anew."""
    link = link_or_404(token)
    if link.expired:
        return redirect("guides:guide", token)
    source = with_source(MEASURE_AGAIN)
    if link.submission and selectors.answers_are_own(link.contact, link.submission.runner_pk):
        return redirect(f"{retest_path(link.submission)}&{source.removeprefix('?')}")
    slug = link.edition.guide.assessment.slug
    return redirect(f"{reverse('assessments:check', args=[slug])}{source}")


@private_page
@require_safe
def recalled(request: HttpRequest, token: str) -> HttpResponse:
    """To the runner's result, from the email that says that its version was wrong, even if the link
    is over. Answers that may be someone else's stay closed: then the guide says what was wrong."""
    link = link_or_404(token)
    if link.submission and selectors.answers_are_own(link.contact, link.submission.runner_pk):
        return redirect(submission_newest(link.submission))
    return redirect("guides:guide", token)


@private_page
@require_POST
def current(request: HttpRequest, token: str) -> HttpResponse:
    """To today's version of a guide that was wrong."""
    return see_other(
        "guides:guide", signed_links.guide_token(link_to_current(link=link_or_404(token)))
    )


def has_no_plan(link: DownloadLink) -> bool:
    return selectors.plan_unknown(link) or selectors.stops_now(link)


def _paper(request: HttpRequest) -> Paper:
    """The paper that this reader most likely prints on."""
    return paper_for(
        accept_language=request.headers.get("Accept-Language", ""),
        country=assessments.selectors.practice().country,
    )


@dataclass(frozen=True, slots=True)
class LeftOutLines:
    """What a runner leaves out, with what they do instead, and what they checked."""

    exercises: tuple[tuple[str, str], ...]
    checked: tuple[str, ...]


def left_out_of(link: DownloadLink, plan: str, advice: RunnerAdvice) -> LeftOutLines | None:
    """None if nothing is left out of the plan."""
    left_out = selectors.guide_content(link.edition).left_out(plan, advice.skip_for)
    if not left_out:
        return None
    reasons = {key for each in left_out for key in each.checked}
    return LeftOutLines(
        tuple((each.exercise.name, each.instead.name if each.instead else "") for each in left_out),
        tuple(words for key, words in advice.checked if key in reasons),
    )


def _redirect_to_page(token: str) -> HttpResponse:
    """Redirects to the guide's page, with a notice about the missing PDF."""
    response = see_other("guides:guide", token)
    response["Location"] += f"?{PDF_LATER}"
    return response


def _pdf_response(pdf: GuidePdf, filename: str) -> HttpResponse:
    response = HttpResponse(content_type="application/pdf")
    if settings.ACCEL_LOCATION and not pdf.content:
        response["X-Accel-Redirect"] = quote(f"{settings.ACCEL_LOCATION}{pdf.name}")
    else:
        # One body, not a generator: the server streams it outside Python, so a slow phone doesn't
        # hold a thread.
        response.content = pdf.read()
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=filename
    )
    return response


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, token: str) -> HttpResponse:
    link = link_or_404(token)
    if link.expired:
        return _expired(request, link, token)
    content = selectors.guide_content(link.edition)
    with use_language(content.language):
        button = gettext("Tell me first")
    question = ConsentQuestion(Consent.Purpose.SECRET, (content.secret.invitation,), button)
    if request.method == "POST":
        consent_confirm(
            contact=link.contact,
            purpose=Consent.Purpose.SECRET,
            words=question.read(request.POST.get("words", "")),
            page="guides:secret",
        )
        return see_other("guides:secret", token)
    step = selectors.consent_step(link.contact, Consent.Purpose.SECRET)
    signed_up = step == Consent.Step.CONFIRMED and not selectors.consent_used(
        link.contact, Consent.Purpose.SECRET
    )
    context = {
        "token": token,
        "secret": content.secret,
        "question": question,
        "signed_up": signed_up,
        "stopped": not signed_up and selectors.address_suppressed(link.contact.email),
        "preferences_token": signed_links.preferences_token(link.contact),
    }
    return render_page(request, "guides/secret.html", context, language=content.language)


def _expired(request: HttpRequest, link: DownloadLink, token: str) -> HttpResponse:
    """The page of an expired link, which offers to email a new one to the same address."""
    is_post, sent = request.method == "POST", False
    if is_post:
        try:
            sent = link_renew(link=link, network=client_network(request))
        except LimitReachedError as limit:
            return limit_page(request, limit, selectors.guide_content(link.edition).language)
    context = {
        "token": token,
        "sent": sent,
        "refused": is_post and not sent,
        "stopped": is_post and not sent and selectors.address_suppressed(link.contact.email),
        "masked_email": address_mask(link.contact.email),
        "preferences_token": signed_links.preferences_token(link.contact),
    }
    language = selectors.guide_content(link.edition).language
    status = 200 if sent else 410
    return render_page(request, "guides/expired.html", context, language=language, status=status)


def limit_page(request: HttpRequest, limit: LimitReachedError, language: str) -> HttpResponse:
    page = render_page(request, "errors/429.html", {"minutes": limit.minutes}, language=language)
    return later(page, limit.retry_after)


def _record_event(request: HttpRequest, link: DownloadLink, step: str) -> None:
    """Records an anonymous analytics event, and on the link only whether a person opened it."""
    bot = is_bot(request)
    if not (bot or link.opened):
        link_opened(link=link)
    submission = link.submission
    collector.add(
        step=step,
        item="" if link.young else selectors.LATER,
        edition=submission.edition_id if submission else None,
        source=submission.source if submission else "",
        profile=link.profile,
        bot=bot,
    )


def _record_click(request: HttpRequest, link: DownloadLink) -> None:
    """Counts a visit from an email of the series, or for the check-in, without saying whose."""
    for kind, (name, most) in NUMBERED.items():
        number = request.GET.get(name, "")
        if number in {str(place) for place in range(1, most + 1)} and link.submission:
            collector.add(
                step=selectors.CLICKED[kind],
                item=selectors.clicked_item(link.edition.guide_id, int(number)),
                edition=link.submission.edition_id,
                bot=is_bot(request),
            )


def link_or_404(token: str) -> DownloadLink:
    link = signed_links.guide_link(token)
    if link is None:
        raise Http404
    return link
