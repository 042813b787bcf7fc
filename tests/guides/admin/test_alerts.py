"""Email alerts on the admin's first page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from guides.admin.alerts import emails_wait, mail_alerts
from guides.delivery.faults import SENDER_REFUSED
from guides.delivery.worker import drain
from guides.models import Delivery, Heartbeat
from guides.reasons import GAVE_UP, UNREACHED
from guides.states import State
from runfit.lib import caching

FIRST_PAGE = reverse("admin:index")
LIST = reverse("admin:guides_delivery_changelist")
ASK = (
    "If this goes on, ask whoever runs this site if its worker is running and if the mail server "
    "answers."
)


def superuser_alerts():
    request = HttpRequest()
    request.user = User(is_superuser=True)
    return list(mail_alerts(request))


def alert_texts():
    """Titles and texts of the alerts, with plain instead of non-breaking spaces."""
    return [(alert.title, alert.text.replace("\xa0", " ")) for alert in superuser_alerts()]


def ago(**values):
    return timezone.now() - timedelta(**values)


def test_large_counts_use_thousands_separators():
    assert emails_wait(1) == "1 email waits."
    assert emails_wait(30_000) == "30,000 emails wait."


def test_no_alerts_while_email_goes_out(admin_client, delivery):
    assert alert_texts() == []
    assert "needs-you" not in admin_client.get(FIRST_PAGE).content.decode()


def test_pause_alert_shows_start_reason_and_queue_length(admin_client, ask, submit, sink):
    sink.refuse_sender = "550 not from here"
    for number in range(2):
        ask(submit(), f"r{number}@example.org")
    drain()

    [(title, text)] = alert_texts()
    assert title.startswith("No email has gone out since ")
    assert text == (
        f"{SENDER_REFUSED} 2 emails wait. We try every 15 seconds, and all go out by themselves"
        " once it works."
    )
    page = admin_client.get(FIRST_PAGE).content.decode()
    assert f'<a href="{LIST}?needs=due">{title}</a>' in page

    sink.refuse_sender = ""
    drain()
    assert alert_texts() == []


def test_late_alert_counts_waiting_email(ask, submit):
    ask(submit(), "new@example.org")
    ask(submit(), "due@example.org", due_at=ago(minutes=6))
    down = {"state": State.RETRY, "reason": UNREACHED, "due_at": ago(minutes=-9)}
    ask(submit(), "down@example.org", queued_at=ago(minutes=12, seconds=5), **down)

    assert alert_texts() == [
        ("2 emails waiting longer than five minutes", f"The oldest has waited 12 minutes. {ASK}")
    ]


def test_late_alert_counts_abandoned_email(ask, submission):
    ask(submission, state=State.SENDING, lease_until=ago(minutes=7, seconds=5))

    assert alert_texts() == [
        ("1 email waiting longer than five minutes", f"The oldest has waited 7 minutes. {ASK}")
    ]


def test_alert_if_deliver_is_not_running(admin_client, delivery, up_for_long):
    start = "Nothing is lost. Ask whoever runs this site to start “deliver”."
    waits = "Emails wait until it's back, and so do the daily counts."
    title = "The part that sends emails isn't running"
    assert alert_texts() == [(title, f"It hasn't run yet. {waits} {start}")]

    Heartbeat.objects.create(name="deliver", seen_at=ago(minutes=3, seconds=5))
    assert alert_texts() == [(title, f"It last ran 3 minutes ago. {waits} {start}")]
    assert (
        f'<a href="{LIST}?needs=due">{escape(title)}</a>'
        in admin_client.get(FIRST_PAGE).content.decode()
    )

    Heartbeat.objects.update(seen_at=ago(seconds=50))
    assert alert_texts() == []


def test_alerts_distinguish_worker_and_beat(db, settings, up_for_long):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    Heartbeat.objects.create(name="worker", seen_at=ago(seconds=5))

    [(title, text)] = alert_texts()

    assert title == "The scheduler isn't running"
    assert text.endswith("to start “beat”.")


def test_failed_alert_counts_two_weeks(ask, submit):
    failed = {"state": State.FAILED, "reason": "The mail server refused this address (550)."}
    given_up = {"state": State.FAILED, "reason": f"{UNREACHED} {GAVE_UP}"}
    ask(submit(), "a@example.org", queued_at=ago(days=15), **failed)
    ask(submit(), "b@example.org", queued_at=ago(days=13), **failed)
    after = "See why, and resend what you can."
    assert alert_texts() == [("1 email couldn't be sent in the last 14 days", after)]

    ask(submit(), "c@example.org", queued_at=ago(days=3), **given_up)
    assert alert_texts() == [
        (
            "2 emails couldn't be sent in the last 14 days",
            f"1 of them after 48 hours of tries. {after}",
        )
    ]


def test_alerts_link_to_the_counted_emails(admin_client, ask, submit):
    ask(submit(), "a@example.org", state=State.FAILED)
    ask(submit(), "b@example.org", due_at=ago(minutes=6))

    late, failed = superuser_alerts()
    for alert in (late, failed):
        assert f'<a href="{alert.address}">' in admin_client.get(FIRST_PAGE).content.decode()
        assert admin_client.get(alert.address).context["cl"].result_count == 1


def test_staff_without_permission_see_no_email_alerts(client, ask, submission):
    ask(submission, state=State.FAILED)
    client.force_login(User.objects.create_user("helper", is_staff=True))

    assert "needs-you" not in client.get(FIRST_PAGE).content.decode()


@pytest.mark.usefixtures("no_expiry")
def test_email_alerts_take_six_queries_for_any_queue_length(admin_client, ask, submit):
    def cost(mails):
        for number in range(mails):
            failed = {"state": State.FAILED, "reason": GAVE_UP}
            ask(submit(), f"f{mails}{number}@example.org", **failed)
            ask(submit(), f"w{mails}{number}@example.org", due_at=ago(minutes=9))
        with CaptureQueriesContext(connection) as own:
            superuser_alerts()
        caching.expire()
        with CaptureQueriesContext(connection) as page:
            admin_client.get(FIRST_PAGE)
        return len(own), len(page)

    cost(1)  # what's kept of content, too
    few = cost(2)

    assert few[0] == 6
    assert cost(6) == few
    assert Delivery.objects.count() == 18
