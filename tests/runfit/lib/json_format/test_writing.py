"""Round trips: what was read is written back."""

from dataclasses import replace

import pytest

from runfit.lib.json_format.faults import FaultsError
from runfit.lib.json_format.reading import parse
from runfit.lib.json_format.writing import canonical, file_text, to_data
from tests.runfit.lib.json_format.test_reading import PAGE, Box, Page

WHOLE = PAGE | {
    "forms": [{"width": 1, "height": 2, "label": "Läufer"}],
    "names": {"a": 1, "b": None},
}


def page(**changes):
    return parse(Page, WHOLE | changes, error=FaultsError)


@pytest.mark.parametrize("changes", [{}, {"drafted": False}, {"drafted": True, "in": "en"}])
def test_absent_keys_stay_absent_and_explicit_defaults_are_written(changes):
    assert to_data(page(**changes)) == WHOLE | changes


def test_keys_are_in_the_order_of_the_shape():
    shuffled = parse(Page, dict(reversed(WHOLE.items())), error=FaultsError)

    assert list(to_data(shuffled)) == list(WHOLE)


def test_values_added_later_are_written():
    framed = replace(page(), absent=frozenset(), frame=Box(width=1, height=1))

    assert to_data(framed) == WHOLE | {
        "drafted": False,
        "frame": {"width": 1, "height": 1, "label": ""},
    }


def test_lists_of_shapes_are_data_too():
    assert to_data((Box(width=1, height=2),)) == [{"width": 1, "height": 2, "label": ""}]


def test_canonical_is_compact():
    assert canonical(page()) == (
        '{"key":"a-page","in":"pt-BR","color":"blue","note":null,"spot":[1,2],'
        '"forms":[{"width":1,"height":2,"label":"Läufer"}],"names":{"a":1,"b":null}}'
    )


def test_file_text_has_one_value_per_line():
    assert file_text(Box(width=1, height=2, label="ü")) == (
        '{\n "width": 1,\n "height": 2,\n "label": "ü"\n}\n'
    )
