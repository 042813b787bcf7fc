"""Views of the guide: its pages, the PDF download, and the secret."""

import logging
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

import assessments.selectors
from assessments.analytics import collector
from assessments.analytics.bots import is_bot
from assessments.analytics.utm import MEASURE_AGAIN, with_source
from assessments.submissions.signed_links import retest_path
from guides import selectors, signed_links
from guides.consents import follow_up_cookie
from guides.consents.services import (
    consent_confirm,
    link_opened,
)
from guides.consents.wording import ConsentQuestion
from guides.content import SERIES_LENGTH, RunnerAdvice, rest_seconds
from guides.content.grouped_lines import grouped
from guides.email_addresses import address_mask
from guides.guide_requests.limits import LimitReachedError
from guides.guide_requests.services import (
    link_renew,
)
from guides.models import Consent, DownloadLink
from guides.pdf.papers import TYPST_PAPER, Paper, paper_for
from guides.pdf.render import PlanMissingError, UnbuildableError
from guides.pdf.storage import GuidePdf, guide_pdf
from runfit.lib.client_ip import client_network
from runfit.lib.http import private_page, render_page, see_other
from runfit.lib.translation import use_language

logger = logging.getLogger(__name__)

PDF_LATER = "pdf=later"


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest, token: str) -> HttpResponse:
    link = _link(token)
    if link.expired:
        return _expired(request, link, token)
    content, advice = selectors.guide_for_link(link)
    if request.method == "POST":
        response = see_other("guides:guide", token)
        purpose = request.POST.get("purpose", Consent.Purpose.FOLLOW_UP)
        with use_language(content.language):
            question = _question(purpose, link)
        if request.POST.get("action") == "confirm" and question:
            consent_confirm(
                contact=link.contact,
                purpose=Consent.Purpose(purpose),
                words=question.read(request.POST.get("words", "")),
                page="guides:guide",
            )
            follow_up_cookie.follow_up_cookie_set(response, contact=link.contact)
        return response
    _record_event(request, link, "fetched")
    _record_click(request, link)
    steps = selectors.consent_steps(link.contact)
    asked = [purpose for purpose in selectors.KIND_OF if steps.get(purpose) == Consent.Step.ASKED]
    with use_language(content.language):
        questions = [question for purpose in asked if (question := _question(purpose, link))]
    plan = content.plan(link.profile)
    context = {
        "token": token,
        "link": link,
        "content": content,
        "words_key": " ".join(
            [link.edition.sha256, link.profile, str(bool(plan)), *sorted(advice.skip_for)]
        ),
        "advice": advice,
        "notices": content.own_notices(advice),
        "left_out": left_out_of(link, advice),
        "plan_unknown": selectors.plan_unknown(link),
        "edition": link.edition,
        "profile": content.profile(link.profile),
        "plan": plan,
        "weeks": [(part, content.session(part)) for part in plan.blocks] if plan else [],
        "before_run": [exercise.name for exercise in content.before_run(plan)] if plan else [],
        "see_someone": grouped(content.see_someone),
        "rules": content.shared_rules,
        "harder": content.progress,
        "download_url": reverse("guides:download", args=[token]),
        "paper": _paper(request),
        "pdf_later": request.META["QUERY_STRING"] == PDF_LATER,
        "secret_url": reverse("guides:secret", args=[token]),
        "questions": questions,
        "waits": [
            purpose
            for purpose in selectors.KIND_OF
            if steps.get(purpose) == Consent.Step.CONFIRMED
            and selectors.mail_waiting(link.contact, purpose)
        ],
    }
    return render_page(request, "guides/guide.html", context, language=content.language)


@private_page
@require_safe
def session(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """One session of a plan's block, numbered from 1.

    Meant to be read from the floor: dose, picture, start, and steps first, the rest collapsed. The
    browser stores what's checked off, for the day.
    """
    link = _link(token)
    if link.expired or selectors.plan_unknown(link):
        return see_other("guides:guide", token)
    content, advice = selectors.guide_for_link(link)
    plan = content.plan(link.profile)
    if plan is None or not 1 <= number <= len(plan.blocks):
        raise Http404
    block = plan.blocks[number - 1]
    context = {
        "token": token,
        "content": content,
        "part": block,
        "notices": content.own_notices(advice),
        "rules": content.shared_rules,
        "exercises": [
            {
                "exercise": exercise,
                "dose": dose,
                "rest": rest_seconds(exercise.dose, dose),
                "stops": content.own_stops(exercise),
            }
            for exercise, dose in content.session(block)
        ],
        "next": number + 1 if number < len(plan.blocks) else None,
    }
    return render_page(request, "guides/session.html", context, language=content.language)


@private_page
@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    link = _link(token)
    if link.expired:
        return _expired(request, link, token)
    if selectors.plan_unknown(link):
        return see_other("guides:guide", token)
    chosen = request.GET.get("paper")
    paper = next((paper for paper in TYPST_PAPER if paper == chosen), None) or _paper(request)
    advice = selectors.runner_advice(link.submission)
    try:
        pdf = guide_pdf(edition=link.edition, profile=link.profile, paper=paper, advice=advice)
    except PlanMissingError:
        logger.critical("%s has neither its own PDF nor a plan for this result.", link.edition)
        return _redirect_to_page(token)
    except UnbuildableError:  # recorded where it was raised
        return _redirect_to_page(token)
    _record_event(request, link, "downloaded")
    title = selectors.guide_content(link.edition).title
    response = get_conditional_response(request, pdf.etag) or _pdf_response(pdf, f"{title}.pdf")
    response["ETag"] = pdf.etag
    # The browser caches it, but revalidates each time, since the link may be revoked.
    response["Cache-Control"] = "private, no-cache"
    return response


@private_page
@require_safe
def retest(request: HttpRequest, token: str) -> HttpResponse:
    """To the self-check, carrying the answers of this guide. A link that has expired asks for a
    fresh one first, and a runner whose answers are gone or may be someone else's starts anew."""
    link = _link(token)
    if link.expired:
        return redirect("guides:guide", token)
    source = with_source(MEASURE_AGAIN)
    if link.submission and selectors.answers_are_own(link.contact, link.submission.runner_pk):
        return redirect(f"{retest_path(link.submission)}&{source.removeprefix('?')}")
    slug = link.edition.guide.assessment.slug
    return redirect(f"{reverse('assessments:check', args=[slug])}{source}")


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


def left_out_of(link: DownloadLink, advice: RunnerAdvice) -> LeftOutLines | None:
    """None if nothing is left out of the plan."""
    left_out = selectors.guide_content(link.edition).left_out(link.profile, advice.skip_for)
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
    link = _link(token)
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
    signed_up = step == Consent.Step.CONFIRMED
    context = {
        "token": token,
        "secret": content.secret,
        "question": question,
        "signed_up": signed_up,
        "stopped": not signed_up and selectors.address_suppressed(link.contact.email),
        "preferences_token": signed_links.preferences_token(link.contact),
    }
    return render_page(request, "guides/secret.html", context, language=content.language)


def _question(purpose: str, link: DownloadLink) -> ConsentQuestion | None:
    """Asks the address's owner to confirm, since anyone could have typed it and checked the box."""
    if purpose == Consent.Purpose.FOLLOW_UP:
        return _follow_up_question()
    emails = len(selectors.series_to_come(link)) if purpose == Consent.Purpose.SERIES else 0
    return _series_question(emails) if emails else None


def _series_question(emails: int) -> ConsentQuestion:
    return ConsentQuestion(
        Consent.Purpose.SERIES,
        (
            gettext("Emails during your plan?"),
            ngettext(
                "You checked a box to get one email during your plan. Was that you? Say yes here. "
                "If not, we won't send it.",
                "You checked a box to get %(emails)s emails during your plan. Was that you? Say "
                "yes here. If not, we won't send them.",
                emails,
            )
            % {"emails": emails},
        ),
        gettext("Yes, keep me going"),
    )


def _follow_up_question() -> ConsentQuestion:
    return ConsentQuestion(
        Consent.Purpose.FOLLOW_UP,
        (
            gettext("One more email in four weeks?"),
            gettext(
                "You checked a box to get one email so you can retake the check. Was that you? "
                "Say yes here. If not, we won't send it."
            ),
        ),
        gettext("Yes, send me that email"),
    )


def _expired(request: HttpRequest, link: DownloadLink, token: str) -> HttpResponse:
    """The page of an expired link, which offers to email a new one to the same address."""
    is_post, sent = request.method == "POST", False
    if is_post:
        try:
            sent = link_renew(link=link, network=client_network(request))
        except LimitReachedError:
            return render(request, "errors/429.html", status=429)
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
    """Counts a visit from an email of the series, without saying whose."""
    number = request.GET.get("email", "")
    if number in {str(place) for place in range(1, SERIES_LENGTH + 1)} and link.submission:
        collector.add(
            step=selectors.CLICKED,
            item=number,
            edition=link.submission.edition_id,
            bot=is_bot(request),
        )


def _link(token: str) -> DownloadLink:
    link = signed_links.guide_link(token)
    if link is None:
        raise Http404
    return link
