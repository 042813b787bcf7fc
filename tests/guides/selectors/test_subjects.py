"""Subject lines: who gets which, and how many of them went to the guide."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.analytics.figures import last_days
from guides.admin.emails.subject_numbers import subject_figures
from guides.content import parse_content
from guides.mail.messages import guide_email
from guides.models import Contact, Delivery, DownloadLink
from guides.selectors import SubjectCount, SubjectTrial, subject_trials
from guides.states import State
from runfit.lib.json_format.writing import canonical
from tests.guides import samples
from tests.guides.factories import GuideEditionFactory

pytestmark = pytest.mark.django_db

LINES = ("First", "Second", "Third")


def edition_with(*lines, guide=None):
    data = samples.edition()
    email = data["emails"]["guide"]
    email["subject"], email["other_subjects"] = lines[0], list(lines[1:])
    more = {"guide": guide} if guide else {}
    return GuideEditionFactory(content=canonical(parse_content(data)), **more)


def asked(edition, number, *, opened=(), sent_at=None):
    """Runners who got the guide's email, and the indexes of those who opened its page."""
    first = Contact.objects.count()
    names = [f"r{first + at}@example.org" for at in range(number)]
    contacts = Contact.objects.bulk_create(Contact(email=name, email_key=name) for name in names)
    links = DownloadLink.objects.bulk_create(
        DownloadLink(
            contact=contact,
            edition=edition,
            profile="stiff",
            expires_at=timezone.now() + timedelta(days=90),
            opened=at in opened,
        )
        for at, contact in enumerate(contacts)
    )
    Delivery.objects.bulk_create(
        Delivery(
            contact=link.contact,
            link=link,
            dedupe_key=f"d{link.pk}",
            state=State.SENT,
            sent_at=sent_at or timezone.now(),
        )
        for link in links
    )
    return links


def trials():
    now = timezone.now()
    return subject_trials(now - timedelta(days=1), now + timedelta(days=1))


def counts(trial):
    return [(count.sent, count.opened) for count in trial.counts]


def test_each_recipient_keeps_one_line_and_the_lines_are_shared_out_evenly():
    edition = edition_with(*LINES)
    links = asked(edition, 9)

    got = [
        [guide_email(link.contact, link, message_id=f"<{tries}@x>").subject for link in links]
        for tries in "12"
    ]

    assert got[0] == got[1]
    assert {line: got[0].count(line) for line in LINES} == dict.fromkeys(LINES, 3)


def test_the_count_of_a_line_is_of_those_who_got_it():
    links = asked(edition_with(*LINES), 9, opened={0, 1, 3})
    got = {line: [0, 0] for line in LINES}
    for link in links:
        line = guide_email(link.contact, link, message_id="<1@x>").subject
        got[line][0] += 1
        got[line][1] += link.opened

    [trial] = trials()

    assert {count.subject: [count.sent, count.opened] for count in trial.counts} == got


def test_versions_with_the_same_lines_count_together_and_others_apart():
    first = edition_with("First", "Second")
    asked(first, 4)
    asked(edition_with("First", "Second", guide=first.guide), 4)
    asked(edition_with("First", "Other", guide=first.guide), 2)
    asked(edition_with("Alone", guide=first.guide), 3)

    assert [counts(trial) for trial in trials()] == [[(1, 0)] * 2, [(4, 0)] * 2]


def test_only_runners_whose_email_went_out_on_these_days_count_and_each_once():
    edition = edition_with("First", "Second")
    asked(edition, 2, sent_at=timezone.now() - timedelta(days=5))
    [link, other] = asked(edition, 2)
    Delivery.objects.create(
        contact=link.contact, link=link, dedupe_key="2", state=State.SENT, sent_at=timezone.now()
    )
    Delivery.objects.filter(link=other).update(state=State.FAILED, sent_at=None)

    [trial] = trials()

    assert sorted(counts(trial)) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("numbers", "leader"),
    [
        ([(400, 200), (400, 120)], "First"),
        ([(400, 120), (400, 200), (400, 130)], "Second"),
        ([(400, 200), (400, 190)], ""),  # close
        ([(29, 29), (29, 0)], ""),  # few
        ([(400, 400), (400, 400)], ""),
        ([(400, 0), (400, 0)], ""),
    ],
)
def test_a_line_leads_only_by_more_than_chance(numbers, leader):
    lines = zip(LINES, numbers, strict=False)

    assert SubjectTrial("G", tuple(SubjectCount(line, *n) for line, n in lines)).leader == leader


def figure():
    day = timezone.localdate()
    [found] = subject_figures(day - timedelta(days=6), day)
    return found


def test_small_numbers_are_hidden_and_nothing_is_claimed():
    asked(edition_with("First", "Second"), 20, opened={0, 1, 2})

    shown = figure()

    assert [row[1:] for row in shown.rows] == [("10", "not shown")] * 2
    assert shown.key.startswith("Too few to tell yet")


def test_a_line_that_few_got_hides_the_other_too():
    links = asked(edition_with("First", "Second"), 20)
    few = [link.pk for link in links if link.contact_id % 2][3:]
    Delivery.objects.filter(link__in=few).delete()

    assert [row[1:] for row in figure().rows] == [("not shown", "not shown")] * 2


def test_the_numbers_show_the_lines_and_who_leads(admin_client):
    links = asked(edition_with("First", "Second"), 100)
    odd = [link for link in links if link.contact_id % 2]
    DownloadLink.objects.filter(pk__in=[link.pk for link in odd[:40]]).update(opened=True)
    DownloadLink.objects.filter(pk__in=[link.pk for link in links if link not in odd][:10]).update(
        opened=True
    )
    since, until = last_days(7)

    page = admin_client.get(
        "/admin/assessments/submission/numbers/",
        {"since": since.isoformat(), "until": timezone.localdate().isoformat()},
    ).content.decode()

    assert "“Second” brought more runners to the guide, by more than chance." in page
    assert until < timezone.localdate()


def test_the_query_count_does_not_grow():
    edition = edition_with("First", "Second")
    asked(edition, 2)
    with_few = queries()
    asked(edition, 50)

    assert queries() == with_few == 2


def queries():
    trials()  # reads the editions' contents once
    with CaptureQueriesContext(connection) as captured:
        trials()
    return len(captured)
