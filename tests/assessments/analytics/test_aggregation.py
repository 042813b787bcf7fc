"""Daily counts from events."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assessments.analytics.aggregation import MAX_SOURCES, CountKey, EventCount, aggregate

EVENTS = st.lists(
    st.builds(
        EventCount,
        step=st.sampled_from(["visit", "answer", "finish"]),
        item=st.sampled_from(["", "a", "b:c"]),
        edition=st.sampled_from([None, 1, 22]),
        source=st.sampled_from(["", "blog", "other"]),
        profile=st.sampled_from(["", "ready"]),
        bot=st.booleans(),
        number=st.integers(1, 9),
        guide=st.none(),
    ),
    max_size=30,
)


def test_event_counts_in_the_total_and_by_every_dimension():
    event = EventCount("finish", "", 3, "blog", "ready", number=2)

    assert aggregate([event]) == {
        CountKey("", "", "finish", ""): 2,
        CountKey("edition", "3", "finish", ""): 2,
        CountKey("source", "blog", "finish", ""): 2,
        CountKey("profile", "ready", "finish", ""): 2,
    }


def test_missing_source_counts_as_a_source_and_missing_profile_does_not():
    assert set(aggregate([EventCount("visit")])) == {
        CountKey("", "", "visit", ""),
        CountKey("source", "", "visit", ""),
    }


def test_versions_of_a_guide_are_counted_apart_from_all_else():
    event = EventCount("got", "stiff", number=3, guide=7)

    assert aggregate([event]) == {CountKey("guide", "7", "got", "stiff"): 3}


def test_answers_are_counted_by_edition_only():
    kinds = {key.by for key in aggregate([EventCount("answer", "pain:3", 1, "blog", "ready")])}

    assert kinds == {"", "edition"}


def test_bots_are_counted_separately():
    assert aggregate([EventCount("visit", "", 1, "blog", bot=True, number=5)]) == {
        CountKey("bot", "bot", "visit", ""): 5
    }


def test_number_of_sources_is_limited():
    made_up = [EventCount("visit", source=f"s{number}") for number in range(500)]
    real = [EventCount("visit", source="zine", number=2)]

    sources = {key.value: n for key, n in aggregate(made_up + real).items() if key.by == "source"}

    assert len(sources) == MAX_SOURCES + 1
    assert sources["zine"] == 2
    assert sources["other"] == 501 - MAX_SOURCES
    assert sum(sources.values()) == 502


@given(EVENTS)
def test_counts_by_source_add_up_to_the_total(events):
    numbers = aggregate(events)
    people = [event for event in events if not event.bot]

    def added(by):
        sums: Counter[str] = Counter()
        for key, number in numbers.items():
            if key.by == by and key.step != "answer":
                sums[key.step] += number
        return sums

    expected = Counter()
    for event in people:
        if event.step != "answer":
            expected[event.step] += event.number
    assert added("") == added("source") == expected
    assert sum(n for key, n in numbers.items() if key.by == "bot") == sum(
        event.number for event in events if event.bot
    )


@given(EVENTS, st.randoms())
def test_event_order_does_not_matter(events, random):
    shuffled = random.sample(events, len(events))

    assert aggregate(shuffled) == aggregate(events)
