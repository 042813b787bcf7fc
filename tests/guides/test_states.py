from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guides.states import GIVE_UP_AFTER, MOVES, OPEN, STATE_WORDS, State, before, retry_at

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_every_state_has_transitions():
    assert set(MOVES) == set(State)


def test_every_state_has_a_label():
    assert set(STATE_WORDS) == set(State)


def test_final_states_have_no_transitions():
    assert MOVES[State.SENT] == MOVES[State.CANCELLED] == frozenset()


def test_only_open_states_can_be_sent_or_canceled():
    assert before(State.SENDING) == before(State.CANCELLED) == OPEN
    assert {State.QUEUED, State.SENDING, State.RETRY} == OPEN


def test_only_failed_state_can_be_requeued():
    assert before(State.QUEUED) == {State.FAILED}


def test_retry_delays_grow_to_four_hours():
    waits = [
        retry_at(attempts=attempts, queued_at=NOW, now=NOW, jitter=0) - NOW
        for attempts in range(1, 8)
    ]

    assert waits == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 240, 240)]


@pytest.mark.parametrize(("jitter", "seconds"), [(0, 300), (0.5, 330), (1, 360)])
def test_jitter_spreads_retries_by_up_to_a_fifth(jitter, seconds):
    due = retry_at(attempts=2, queued_at=NOW, now=NOW, jitter=jitter)

    assert due == NOW + timedelta(seconds=seconds)


def test_retry_at_last_moment_is_allowed():
    last = NOW + GIVE_UP_AFTER - timedelta(minutes=1)

    assert retry_at(attempts=1, queued_at=NOW, now=last, jitter=0) == NOW + GIVE_UP_AFTER


def test_no_retry_after_48_hours():
    late = NOW + GIVE_UP_AFTER - timedelta(minutes=239)

    assert retry_at(attempts=9, queued_at=NOW, now=late, jitter=0) is None


@given(
    attempts=st.integers(1, 10_000),
    waited=st.timedeltas(timedelta(0), timedelta(days=400)),
    jitter=st.floats(0, 1),
)
def test_retry_is_in_the_future_and_within_48_hours(attempts, waited, jitter):
    now = NOW + waited

    due = retry_at(attempts=attempts, queued_at=NOW, now=now, jitter=jitter)

    assert due is None or now < due <= NOW + GIVE_UP_AFTER
