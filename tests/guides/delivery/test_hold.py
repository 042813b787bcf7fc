"""After a restore, all mail is held until somebody releases it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from guides import selectors
from guides.delivery.hold import doubtful_mark, hold_finish, hold_statements, mail_release
from guides.delivery.worker import drain
from guides.models import Delivery, MailServer
from guides.reasons import MAYBE_SENT
from guides.states import Kind, State

pytestmark = pytest.mark.django_db


def hold():
    """As the restore does."""
    for statement in filter(str.strip, hold_statements().split(";")):
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture
def before(ask, submit):
    """Emails due before the restore: one waits, one was being sent."""
    waiting, sending = ask(submit(), "a@example.org"), ask(submit(), "b@example.org")
    Delivery.objects.filter(pk=sending.pk).update(
        state=State.SENDING, lease_token="t", lease_until=timezone.now()
    )
    return [waiting, sending]


def states():
    return [*Delivery.objects.order_by("pk").values_list("state", flat=True)]


def test_nothing_goes_out_while_mail_is_held(before, sink, caplog):
    hold()
    doubtful_mark()

    assert drain() == (0, True)

    assert sink.messages == []
    assert selectors.mail_status().troubled
    assert "Mail is held since the restore." in caplog.text
    assert set(states()) == {State.RETRY}


@pytest.mark.parametrize(("send", "number"), [(True, 2), (False, 0)])
def test_whoever_releases_decides_about_what_may_have_gone_out(before, sink, send, number):
    hold()
    doubtful_mark()
    hold_finish()

    assert mail_release(send_doubtful=send)
    drain()

    assert len(sink.messages) == number
    assert set(states()) == {State.SENT if send else State.CANCELLED}


def test_what_came_after_the_restore_or_is_due_later_always_goes_out(ask, submit, before, sink):
    later = ask(submit(), "later@example.org")
    Delivery.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    hold()
    doubtful_mark()
    hold_finish()
    ask(submit(), "new@example.org")
    Delivery.objects.filter(pk=later.pk).update(due_at=timezone.now())

    mail_release(send_doubtful=False)
    drain()

    assert states() == [State.CANCELLED, State.CANCELLED, State.SENT, State.SENT]


def test_what_the_newsletter_tool_is_told_is_not_in_doubt(before):
    Delivery.objects.update(kind=Kind.NEWSLETTER, state=State.QUEUED, lease_until=None)
    hold()

    assert doubtful_mark() == 0


def test_an_incomplete_restore_stays_held(before):
    hold()

    assert not mail_release(send_doubtful=True)
    assert MailServer.objects.get().held_since


def test_the_command_asks_about_what_is_in_doubt(before):
    hold()
    doubtful_mark()
    hold_finish()

    with pytest.raises(CommandError, match="2 emails may have gone out before the restore"):
        call_command("mail_release")
    call_command("mail_release", doubtful="cancel")
    with pytest.raises(CommandError, match="Mail isn't held"):
        call_command("mail_release")

    assert {*Delivery.objects.values_list("state", "reason")} == {(State.CANCELLED, MAYBE_SENT)}
