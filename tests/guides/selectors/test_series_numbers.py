"""The numbers of the series: emails sent, clicks, and series that ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.analytics import collector
from assessments.analytics.services import counts_rebuild
from guides import selectors, signed_links
from guides.admin.emails.series_numbers import series_figures
from guides.models import Consent, Contact, Delivery, DownloadLink
from guides.states import Kind, State

PERSON = {"user-agent": "Mozilla/5.0 Firefox/140.0", "accept-language": "en"}


@pytest.fixture
def sent(ask, submission):
    """Two emails each for eight runners; two of them had their second one canceled."""
    link = ask(submission).link
    for number in range(8):
        address = f"r{number}@example.org"
        contact = Contact.objects.create(email=address, email_key=address)
        own = DownloadLink.objects.create(
            contact=contact,
            edition=link.edition,
            profile=link.profile,
            expires_at=link.expires_at,
        )
        for place in (1, 2):
            is_sent = place == 1 or number >= 2
            Delivery.objects.create(
                kind=Kind.SERIES,
                number=place,
                contact=contact,
                link=own,
                dedupe_key=f"series:{number}:{place}",
                state=State.SENT if is_sent else State.CANCELLED,
                sent_at=timezone.now() if is_sent else None,
            )
    return link


def counts(kind=Kind.SERIES):
    now, today = timezone.now(), timezone.localdate()
    hour = timedelta(hours=1)
    return selectors.series_counts(kind, now - hour, now + hour, days=(today, today))


def test_emails_and_series_that_ended_are_counted(sent, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = [(row.number, row.sent, row.ended) for row in counts()]

    assert found == [(1, 8, 2), (2, 6, 0)]


def test_who_said_yes_again_did_not_end_it(sent):
    canceled = Delivery.objects.filter(state=State.CANCELLED).first()
    Delivery.objects.create(
        kind=Kind.SERIES, number=2, contact=canceled.contact, link=canceled.link, dedupe_key="again"
    )

    assert counts()[0].ended == 1


def test_other_guide_of_the_same_runner_is_another_series(sent, submit):
    canceled = Delivery.objects.filter(state=State.CANCELLED).first()
    other = DownloadLink.objects.get(pk=canceled.link_id)
    other.pk, other.submission = None, submit()
    other.save()
    Delivery.objects.create(
        kind=Kind.SERIES, number=2, contact=canceled.contact, link=other, dedupe_key="other"
    )

    assert counts()[0].ended == 2


def test_series_goes_on_by_a_new_link_to_the_same_guide(sent, submission):
    canceled = Delivery.objects.filter(state=State.CANCELLED).first()
    DownloadLink.objects.filter(pk=canceled.link_id).update(submission=submission)
    new = DownloadLink.objects.get(pk=canceled.link_id)
    new.pk = None
    new.save()
    Delivery.objects.create(
        kind=Kind.SERIES, number=2, contact=canceled.contact, link=new, dedupe_key="new"
    )

    assert counts()[0].ended == 1


def test_check_in_emails_of_each_yes_end_by_themselves(ask, submission):
    link = ask(submission).link
    for state in (State.CANCELLED, State.SENT):
        consent = Consent.objects.create(
            contact=link.contact, purpose="check_in", step="confirmed", page="guides:guide"
        )
        for number, became in enumerate((State.SENT, state), start=1):
            Delivery.objects.create(
                kind=Kind.CHECK_IN,
                number=number,
                contact=link.contact,
                link=link,
                consent=consent,
                dedupe_key=f"check_in:{consent.pk}:{number}",
                state=became,
                sent_at=timezone.now() if became == State.SENT else None,
            )

    found = [(row.number, row.sent, row.ended) for row in counts(Kind.CHECK_IN)]

    assert found == [(1, 2, 1), (2, 1, 0)]


def test_small_numbers_are_hidden(sent):
    [figure] = series_figures(timezone.localdate(), timezone.localdate())

    first, second = figure.rows
    assert first[:2] == ("Email 1", "8")
    assert "2" not in first[2:]
    assert second[:2] == ("Email 2", "6")


def test_clicks_are_counted_by_place_without_saying_whose(sent, client):
    page = f"/guide/{signed_links.guide_token(sent)}/"
    for query in ("?email=1", "?email=1", "?email=2", "?email=9", "?email=x", ""):
        client.get(f"{page}{query}", headers=PERSON)
    other = selectors.clicked_item(sent.edition.guide_id + 1, 1)
    edition = sent.submission.edition_id
    collector.add(step=selectors.CLICKED[Kind.SERIES], item=other, edition=edition, bot=False)
    collector.flush()
    counts_rebuild()

    assert [row.clicked for row in counts()] == [2, 1]
