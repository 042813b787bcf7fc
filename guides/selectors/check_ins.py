"""The emails for the weekly check-in: their words, and when the next one is due."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from guides.content import EmailContent
from guides.content.training import Record, check_in_day, reminder_day, runner_zone
from guides.models import Contact, Delivery, DownloadLink, GuideEdition
from guides.selectors.advice import guide_for_link, plans_of
from guides.selectors.content import guide_content, guide_newest_edition
from guides.states import Kind, State

MORNING = time(9)
"""Where the runner is."""
CHECK_IN_DAYS = 7
"""What `{days}` says."""


def link_trained(contact: Contact) -> DownloadLink | None:
    """The contact's newest link with a training."""
    links = contact.links.exclude(training=None).select_related("edition__guide", "training")
    return links.first()


def check_in_offered(link: DownloadLink) -> bool:
    """Whether the guide still has the email."""
    edition = guide_newest_edition(link.edition.guide)
    return guide_content(edition).emails.check_in is not None


def check_in_email_text(edition: GuideEdition, *, practice: str) -> EmailContent | None:
    """The text of the email for the weekly check-in, or None."""
    guide = guide_content(edition)
    words = guide.emails.check_in
    return words and words.filled(practice=practice, guide=guide.title, days=CHECK_IN_DAYS)


def check_in_mail_at(link: DownloadLink, *, days: int = 0) -> datetime | None:
    """When the next email is due, so many days from today or later. None if there's none: nothing
    is kept with the link, the guide has no plan for it, or the plan is over by then."""
    record = link.training.parsed if link.training else Record()
    if record.schedule is None:
        return None
    plans = plans_of(link, guide_for_link(link)[0])
    today = timezone.localdate(timezone=_zone(record))
    earliest = today + timedelta(days=days)
    day = reminder_day(record, plans, earliest, sent=_last_sent(link, record))
    return _morning(day, record) if day else None


def check_in_at(record: Record) -> datetime | None:
    """When the next check-in is due."""
    day = check_in_day(record)
    return _morning(day, record) if day else None


def _zone(record: Record) -> ZoneInfo | None:
    return runner_zone(record.schedule.zone) if record.schedule else None


def _morning(day: date, record: Record) -> datetime:
    zone = _zone(record) or timezone.get_default_timezone()
    return datetime.combine(day, MORNING, tzinfo=zone)


def _last_sent(link: DownloadLink, record: Record) -> date | None:
    mails = Delivery.objects.filter(
        contact=link.contact_id, kind=Kind.CHECK_IN, state=State.SENT, sent_at__isnull=False
    )
    at = mails.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return timezone.localdate(at, timezone=_zone(record)) if at else None
