"""Which email a delivery is, in whose words, and where its button leads. Never sends it."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from assessments.analytics.utm import MEASURE_AGAIN, with_source
from assessments.selectors import practice
from guides import selectors
from guides.content import EmailContent, GuideContent, NewGuide, SeriesEmail
from guides.mail.compose import Recipient, compose
from guides.mail.plan_card import PlanCard, plan_card, plan_card_for
from guides.mail.recall_text import recall_text
from guides.models import Contact, Delivery, DownloadLink, NewsEmail
from guides.models.delivery import message_id_new
from guides.signed_links import absolute, guide_token, preferences_token, unsubscribe_token
from guides.states import FOLLOW_UP_AFTER, LINK_LIFE, Kind


class CannotBuildError(Exception):
    """The delivery refers to something that was deleted."""


def build(delivery: Delivery) -> EmailMultiAlternatives:
    """The message of a delivery, the same on every attempt. Raises CannotBuildError."""
    if delivery.contact is not None and delivery.news is not None:
        return news_email(delivery.contact, delivery.news, message_id=delivery.message_id)
    if delivery.contact is None or delivery.link is None:
        raise CannotBuildError("its contact or its link is gone")
    if delivery.kind == Kind.RECALL:
        return recall_email(delivery.contact, delivery.link, delivery)
    if delivery.kind == Kind.SERIES:
        return series_email(delivery.contact, delivery.link, delivery)
    if delivery.kind == Kind.CHECK_IN:
        return check_in_email(delivery.contact, delivery.link, delivery)
    build_kind = follow_up_email if delivery.kind == Kind.FOLLOW_UP else guide_email
    return build_kind(delivery.contact, delivery.link, message_id=delivery.message_id)


def guide_email(contact: Contact, link: DownloadLink, *, message_id: str) -> EmailMultiAlternatives:
    """The email with the link to the guide. Contains nothing that a visitor typed."""
    sender = practice()
    days = (link.expires_at - link.created_at).days
    text = selectors.guide_email_text(link.edition, practice=sender.name, days=days)
    return compose(
        text.for_recipient(contact.pk),
        language=selectors.guide_content(link.edition).language,
        to=_recipient(contact),
        card=plan_card_for(link),
        button_url=absolute("guides:guide", guide_token(link)),
        message_id=message_id,
    )


def follow_up_email(
    contact: Contact, link: DownloadLink, *, message_id: str
) -> EmailMultiAlternatives:
    """The one email that invites the runner to take the check again, as last published by the PT.
    Its link carries the earlier answers, which it doesn't mention. Without a link that works, it
    leads to the self-check alone."""
    guide = link.edition.guide
    edition = selectors.guide_newest_edition(guide)
    text = selectors.follow_up_email_text(edition, practice=practice().name)
    if text is None:
        raise CannotBuildError("the guide no longer has a follow-up email")
    working = selectors.link_that_works(link)
    check = absolute("assessments:check", guide.assessment.slug) + with_source(MEASURE_AGAIN)
    return compose(
        text,
        template="follow_up",
        language=selectors.guide_content(edition).language,
        to=_recipient(contact),
        button_url=absolute("guides:retest", guide_token(working)) if working else check,
        message_id=message_id,
        mailing_list="follow-up",
    )


def series_email(
    contact: Contact, link: DownloadLink, delivery: Delivery
) -> EmailMultiAlternatives:
    """An email of the series, in the words of the edition that promised it. It links to the guide,
    and doesn't mention the result."""
    working = selectors.link_that_works(link)
    if working is None:
        raise CannotBuildError("its link was turned off")
    content = selectors.guide_content(link.edition)
    email = content.series_for(link.profile)[delivery.number - 1]
    return compose(
        email.filled(practice=practice().name, guide=content.title, days=email.days),
        template="series",
        language=content.language,
        to=_recipient(contact, stop="guides:stop_series"),
        button_url=f"{absolute('guides:guide', guide_token(working))}?email={delivery.number}",
        message_id=delivery.message_id,
        mailing_list="series",
    )


def check_in_email(
    contact: Contact, link: DownloadLink, delivery: Delivery
) -> EmailMultiAlternatives:
    """Asks for the weekly check-in, as last published. It says nothing of the training."""
    edition = selectors.guide_newest_edition(link.edition.guide)
    text = selectors.check_in_email_text(edition, practice=practice().name)
    working = selectors.link_that_works(link)
    if text is None or working is None:
        raise CannotBuildError("its link was turned off, or the guide no longer has it")
    page = absolute("guides:guide", guide_token(working))
    return compose(
        text,
        template="check_in",
        language=selectors.guide_content(edition).language,
        to=_recipient(contact, stop="guides:stop_check_ins"),
        button_url=f"{page}?check_in={delivery.number}#check-in",
        message_id=delivery.message_id,
        mailing_list="check-in",
    )


def news_email(contact: Contact, news: NewsEmail, *, message_id: str) -> EmailMultiAlternatives:
    """The one email that a yes to news allows. Its button leads wherever the PT wants."""
    return compose(
        _news_text(news),
        template="news",
        language=news.language,
        to=_recipient(contact),
        button_url=news.link,
        message_id=message_id,
        mailing_list="news",
    )


def news_sample(news: NewsEmail, *, to: str) -> EmailMultiAlternatives:
    """The email as readers get it, saved or not, with links to the home page."""
    home = f"{settings.SITE_URL}/"
    return compose(
        _news_text(news),
        template="news",
        language=news.language,
        to=Recipient(to, home, home),
        button_url=news.link or home,
        message_id=message_id_new(),
    )


def _news_text(news: NewsEmail) -> EmailContent:
    text = EmailContent(
        subject=news.subject,
        preview=news.preview,
        body=tuple(line.strip() for line in news.body.split("\n") if line.strip()),
        button=news.button,
    )
    return text.filled(practice=practice().name, guide="", days=0)


def recall_email(
    contact: Contact, link: DownloadLink, delivery: Delivery
) -> EmailMultiAlternatives:
    """The email about a version that was wrong. It leads to the runner's own page, and doesn't
    mention the result."""
    if delivery.recall is None:
        raise CannotBuildError("what it's about is gone")
    language = selectors.guide_content(link.edition).language
    page = "guides:guide" if delivery.recall.guide_edition_id else "guides:recalled"
    return compose(
        recall_text(delivery.recall, language),
        template="recall",
        language=language,
        to=_recipient(contact),
        button_url=absolute(page, guide_token(link)),
        message_id=delivery.message_id,
    )


def sample_texts(content: GuideContent | NewGuide) -> dict[str, EmailContent]:
    """The texts of a draft's emails by kind, as they'd read now."""
    days = {
        "guide": LINK_LIFE.days,
        "follow_up": FOLLOW_UP_AFTER.days,
        "check_in": selectors.CHECK_IN_DAYS,
    }
    return {
        kind: text.filled(
            practice=practice().name,
            guide=content.title,
            days=text.days if isinstance(text, SeriesEmail) else days[kind],
        )
        for kind, text in content.emails.written()
    }


def email_samples(
    content: GuideContent | NewGuide, *, to: str
) -> dict[str, EmailMultiAlternatives]:
    """A draft's emails by kind, with their first subject line, the first result type's plan, and
    links to the home page."""
    cards = {"guide": _first_card(content) if isinstance(content, GuideContent) else None}
    home = f"{settings.SITE_URL}/"
    series = {kind for kind, text in content.emails.written() if isinstance(text, SeriesEmail)}
    return {
        kind: compose(
            text.for_recipient(0),
            template="series" if kind in series else kind,
            card=cards.get(kind),
            language=content.language,
            to=Recipient(to, home, home),
            button_url=home,
            message_id=message_id_new(),
        )
        for kind, text in sample_texts(content).items()
    }


def _first_card(content: GuideContent) -> PlanCard | None:
    return plan_card(content, content.profiles[0].key) if content.profiles else None


def _recipient(contact: Contact, *, stop: str = "guides:unsubscribe") -> Recipient:
    """`stop` is the page that stops these emails: all of them, or those of one kind."""
    return Recipient(
        contact.email,
        absolute(stop, unsubscribe_token(contact)),
        absolute("guides:preferences", preferences_token(contact)),
    )
