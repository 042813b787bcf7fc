"""The questions that the owner of an address confirms on the guide's page."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from guides import selectors
from guides.consents.wording import ConsentQuestion
from guides.content.training import runner_zone, stopped_by
from guides.models import Consent, DownloadLink
from guides.runner.training.page import day_words
from guides.runner.training.pain import definition_of, pain_advice, visit_from
from guides.runner.training.plans import record_of
from runfit.lib.translation import use_language


def consent_context(link: DownloadLink, language: str) -> dict[str, Any]:
    """The yeses that still have to be confirmed, and those whose email is to come. The `reminder`
    offers the weekly check-in by email."""
    steps = selectors.consent_steps(link.contact)
    asked = [purpose for purpose in selectors.KIND_OF if steps.get(purpose) == Consent.Step.ASKED]
    waits = {
        purpose: mail.due_at
        for purpose in selectors.KIND_OF
        if steps.get(purpose) == Consent.Step.CONFIRMED
        and (mail := selectors.mail_waiting(link.contact, purpose))
    }
    check_in = Consent.Purpose.CHECK_IN
    with use_language(language):
        questions = [found for purpose in asked if (found := consent_question(purpose, link))]
        reminder = None if check_in in waits else consent_question(check_in, link)
        reminded_on = _day(waits[check_in], link) if check_in in waits else ""
    return {
        "questions": questions,
        "waits": waits,
        "reminder": reminder,
        "reminded_on": reminded_on,
    }


def _day(at: datetime, link: DownloadLink) -> str:
    """The day where the runner is."""
    schedule = record_of(link).schedule
    zone = runner_zone(schedule.zone if schedule else "")
    return day_words(timezone.localdate(at, timezone=zone).isoformat())


def consent_question(purpose: str, link: DownloadLink) -> ConsentQuestion | None:
    """Asks the address's owner to confirm, since anyone could have typed it and checked the box."""
    if purpose == Consent.Purpose.FOLLOW_UP:
        return _follow_up_question()
    if purpose == Consent.Purpose.CHECK_IN:
        return _check_in_question() if _may_remind(link) else None
    emails = len(selectors.series_to_come(link)) if purpose == Consent.Purpose.SERIES else 0
    return _series_question(emails) if emails else None


def _may_remind(link: DownloadLink) -> bool:
    """Whether an email for the weekly check-in could come: the days are kept with the link, the
    plan isn't over, nothing ended the training, and check-ins have words."""
    definition = definition_of(link)
    retest = definition.retest if definition else None
    if link.training is None or not (retest and retest.weekly):
        return False
    record = record_of(link)
    advice = pain_advice(link, selectors.guide_content(link.edition).shared_rules.pain_rule)
    return (
        stopped_by(record, visit_from(advice)) is None
        and selectors.check_in_offered(link)
        and selectors.check_in_mail_at(link, days=1) is not None
    )


def _check_in_question() -> ConsentQuestion:
    return ConsentQuestion(
        Consent.Purpose.CHECK_IN,
        (
            gettext("Weekly check-in by email"),
            gettext(
                "We email you once a week while you train, when your check-in is due. It ends with "
                "your plan, and a link in each email stops it."
            ),
        ),
        gettext("Yes, email me each week"),
    )


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
