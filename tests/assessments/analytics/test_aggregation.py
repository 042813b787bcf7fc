"""From facts to the numbers of a day."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assessments.analytics.aggregation import MOST_SOURCES, CountKey, EventCount, aggregate

FACTS = st.lists(
    st.builds(
        EventCount,
        step=st.sampled_from(["visit", "answer", "finish"]),
        item=st.sampled_from(["", "a", "b:c"]),
        edition=st.sampled_from([None, 1, 22]),
        source=st.sampled_from(["", "blog", "other"]),
        profile=st.sampled_from(["", "ready"]),
        bot=st.booleans(),
        number=st.integers(1, 9),
    ),
    max_size=30,
)


def test_a_fact_counts_in_all_and_by_each_thing_that_is_known_of_it():
    fact = EventCount("finish", "", 3, "blog", "ready", number=2)

    assert aggregate([fact]) == {
        CountKey("", "", "finish", ""): 2,
        CountKey("edition", "3", "finish", ""): 2,
        CountKey("source", "blog", "finish", ""): 2,
        CountKey("profile", "ready", "finish", ""): 2,
    }


def test_no_source_is_a_source_and_no_profile_is_none():
    assert set(aggregate([EventCount("visit")])) == {
        CountKey("", "", "visit", ""),
        CountKey("source", "", "visit", ""),
    }


def test_answers_are_told_apart_by_version_alone():
    kinds = {key.by for key in aggregate([EventCount("answer", "pain:3", 1, "blog", "ready")])}

    assert kinds == {"", "edition"}


def test_a_bot_is_in_no_number_but_its_own():
    assert aggregate([EventCount("visit", "", 1, "blog", bot=True, number=5)]) == {
        CountKey("bot", "bot", "visit", ""): 5
    }


def test_made_up_sources_do_not_grow_without_end():
    made_up = [EventCount("visit", source=f"s{number}") for number in range(500)]
    real = [EventCount("visit", source="zine", number=2)]

    sources = {key.value: n for key, n in aggregate(made_up + real).items() if key.by == "source"}

    assert len(sources) == MOST_SOURCES + 1
    assert sources["zine"] == 2
    assert sources["other"] == 501 - MOST_SOURCES
    assert sum(sources.values()) == 502


@given(FACTS)
def test_each_thing_adds_up_to_all(facts):
    numbers = aggregate(facts)
    people = [fact for fact in facts if not fact.bot]

    def added(by):
        found: Counter[str] = Counter()
        for key, number in numbers.items():
            if key.by == by and key.step != "answer":
                found[key.step] += number
        return found

    told = Counter()
    for fact in people:
        if fact.step != "answer":
            told[fact.step] += fact.number
    assert added("") == added("source") == told
    assert sum(n for key, n in numbers.items() if key.by == "bot") == sum(
        fact.number for fact in facts if fact.bot
    )


@given(FACTS, st.randoms())
def test_the_order_of_facts_is_nothing(facts, random):
    mixed = random.sample(facts, len(facts))

    assert aggregate(mixed) == aggregate(facts)
