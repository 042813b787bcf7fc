"""mutants.toml still matches the code."""

import ast

import pytest

from tests.mutants.lists import AT_IMPORT, EQUIVALENT, GROUPS, LISTS, ROOT


@pytest.mark.parametrize("group", GROUPS.values(), ids=list(GROUPS))
def test_its_modules_and_tests_are_there(group):
    assert [path for path in group["modules"] + group["tests"] if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("where", sorted(AT_IMPORT))
def test_what_runs_at_import_is_there(where):
    assert source_of(where)


@pytest.mark.parametrize("change", sorted(EQUIVALENT, key=str), ids=str)
def test_what_makes_no_difference_is_still_what_the_code_says(change):
    assert " ".join(change.was.split()) in " ".join(source_of(change.where).split())


def test_each_has_its_reason():
    assert all(each["why"] for each in LISTS.get("equivalent", []))


def source_of(where):
    """The text of a function: `guides/delivery/thread_pool.py ThreadPool.run`."""
    path, _, name = where.partition(" ")
    text = (ROOT / path).read_text(encoding="utf-8")
    body = ast.parse(text).body
    for part in name.split("."):
        [node] = [each for each in body if getattr(each, "name", "") == part]
        body = node.body
    return ast.get_source_segment(text, node)
