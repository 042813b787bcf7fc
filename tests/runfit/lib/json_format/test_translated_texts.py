"""Texts of content in two languages."""

from runfit.lib.json_format.translated_texts import Each, Part, Sources, Translation, Within, slots

FIELDS = ("title", Each("rows", ("text", "steps")), Within("notes", (Each("by_key"),), "note"))
PARTS = (Part("all", "All", FIELDS),)


def content(**changes):
    data = {
        "title": "One",
        "language": "en",
        "rows": [
            {"key": "a", "text": "First", "points": 1},
            {"key": "b", "text": "Second", "steps": ["Sit", "Stand"], "points": 2},
        ],
        "notes": {"by_key": {"x": "Note"}},
    }
    return {**data, **changes}


def translation(original, own, sources):
    return Translation(original, own, sources, PARTS, ("language",))


def begun():
    """A copy in Spanish, with its title translated."""
    copied = translation(content(), content(language="es"), Sources())
    return copied.brought_along({"title": "Uno"}, ["title"])


def test_paths_are_keys_and_places_are_counted():
    found = [(slot.path, slot.place.where, slot.text) for slot in slots(content(), FIELDS)]

    assert found == [
        ("title", "title", "One"),
        ("rows/a/text", "rows[0].text", "First"),
        ("rows/b/text", "rows[1].text", "Second"),
        ("rows/b/steps", "rows[1].steps", "Sit\nStand"),
        ("notes/by_key/x", "note.by_key[0]", "Note"),
    ]


def test_entries_with_the_same_name_are_told_apart():
    each = Each("rules", ("why",), lambda entry: entry["about"])
    rules = [{"about": "pain", "why": "bad"}, {"about": "pain", "why": "fair"}]

    assert [slot.path for slot in slots({"rules": rules}, (each,))] == [
        "rules/pain/why",
        "rules/pain 2/why",
    ]


def test_numbers_need_no_words():
    assert [slot.path for slot in slots({"sets": "2-3", "reps": "8 each"}, ("sets", "reps"))] == [
        "reps"
    ]


def test_what_is_not_a_text_follows_and_words_stay_with_their_keys():
    own, sources = begun()
    rows = [{"key": "b", "text": "Second", "points": 5}, {"key": "c", "text": "Third", "points": 0}]
    now = translation(content(rows=rows), own, sources)

    data, _ = now.brought_along({"rows/b/text": "Segunda"}, ["rows/b/text"])

    assert data == {
        "title": "Uno",
        "language": "es",
        "rows": [
            {"key": "b", "text": "Segunda", "points": 5},
            {"key": "c", "text": "Third", "points": 0},
        ],
        "notes": {"by_key": {"x": "Note"}},
    }


def test_lines_are_translated_as_lines():
    own, sources = begun()
    now = translation(content(), own, sources)

    data, _ = now.brought_along({"rows/b/steps": "Siéntate\n\n Párate "}, ["rows/b/steps"])

    assert data["rows"][1]["steps"] == ["Siéntate", "Párate"]


def test_changed_text_is_missing_only_if_it_was_never_translated():
    own, sources = begun()
    rows = [{**content()["rows"][0], "text": "The first"}, content()["rows"][1]]
    now = translation(content(title="The one", rows=rows), own, sources)

    states = {path: (text.missing, text.changed) for path, text in now.texts.items()}

    assert states["title"] == (False, True)
    assert states["rows/a/text"] == (True, False)
    assert (now.missing, now.changed) == (4, 1)


def test_emptied_text_is_missing_again():
    own, sources = begun()

    data, after = translation(content(), own, sources).brought_along({"title": ""}, ["title"])

    assert data["title"] == "One"
    assert translation(content(), data, after).texts["title"].missing


def test_sources_survive_being_stored():
    _, sources = begun()
    assert Sources.read(sources.to_data()) == sources
