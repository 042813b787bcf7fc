"""No untrusted text makes a regular expression slow (ReDoS).

Every regular expression is a constant of its module, so this test can run them all on 100 kB
of their worst input. TRUSTED says which files are exempt, and why.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from time import process_time

import pytest
from django.apps import apps
from django.core.validators import RegexValidator

PACKAGES = ("assessments", "guides", "runfit")
ROOT = Path(__file__).resolve().parents[2]
TRUSTED = {
    "assessments/desk/concurrent_edits/forms.py",  # built from the form's own row names, with fullmatch
    "runfit/lib/messages.py",  # built from our own templates, with fullmatch
    "runfit/env.py",  # reads the site owner's settings
}
SIZE = 100_000
SECONDS = 2.0  # a linear one takes milliseconds; a quadratic one, a minute
ANYWHERE = "a0 .,-_@/\n\t\x00é"
WORST = {
    "runfit.lib.svg.validation.VIEW_BOX": ("0 0 " + "1" * SIZE, "0 0 1 " + "1" * SIZE),
    "runfit.lib.svg.cleaning.RULE": (".a" + ",.a" * SIZE, ".a{" * SIZE, ".a" + " " * SIZE),
    "guides.pdf.render.UNSHOWN": ('the text `"' * (SIZE // 11), 'the text `"' + "x" * SIZE),
    "runfit.log_formatters.LINK": ("/guide/" * (SIZE // 7), "/guide/" + " a" * SIZE),
}
"""Worst cases that aren't derived from the pattern's characters."""


def modules() -> list[str]:
    found = (walk_packages([str(ROOT / name)], f"{name}.") for name in PACKAGES)
    return [each.name for one in found for each in one if ".migrations" not in each.name]


def uses(module: str, name: str) -> set[str]:
    """The methods that a module calls on a pattern: `search` starts at every character."""
    source = inspect.getsource(import_module(module))
    return set(re.findall(rf"\b{name}\.(findall|match|search|split|sub)\b", source))


def patterns() -> Iterator[tuple[str, re.Pattern, set[str]]]:
    for module in modules():
        for name, value in vars(import_module(module)).items():
            if isinstance(value, re.Pattern):
                yield f"{module}.{name}", value, uses(module, name) or {"fullmatch"}
    for model in apps.get_models():
        for field in model._meta.concrete_fields if model.__module__.startswith(PACKAGES) else ():
            for validator in field.validators:
                if isinstance(validator, RegexValidator):
                    yield f"{model.__module__}.{field.name}", validator.regex, {"search"}


def once() -> list[pytest.param]:
    named = {(pattern, *sorted(how)): name for name, pattern, how in patterns()}
    return [
        pytest.param(name, pattern, how, id=name)
        for (pattern, *how), name in named.items()
        if isinstance(pattern.pattern, str)
    ]


def worst(name: str, pattern: re.Pattern) -> Iterator[str]:
    """Repetitions of the pattern's characters and words, which almost match."""
    words = re.findall(r"[\w<>/=\"' `]{2,}", pattern.pattern)
    for piece in sorted({*ANYWHERE, *pattern.pattern, *words}):
        yield piece * (SIZE // len(piece))
    yield from WORST.get(name, ())


def seconds(pattern: re.Pattern, how: str, text: str) -> float:
    began = process_time()
    getattr(pattern, how)(*(["", text] if how == "sub" else [text]))
    return process_time() - began


@pytest.mark.parametrize(("name", "pattern", "how"), once())
def test_pattern_matches_long_text_in_linear_time(name, pattern, how):
    tried = (
        (text[:30], seconds(pattern, method, text))
        for text in worst(name, pattern)
        for method in how
    )

    assert next((text for text, took in tried if took > SECONDS), None) is None


def test_worst_cases_name_existing_patterns():
    assert set(WORST) <= {name for name, *_ in patterns()}


def unnamed(path: Path) -> Iterator[str]:
    """Uses of `re` in a file that the tests above don't cover."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {id(statement.value) for statement in tree.body if isinstance(statement, ast.Assign)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr=attr)) if (
                attr != "compile" or id(node) not in named
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_pattern_is_a_module_constant():
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))

    found = [place for path in files for place in unnamed(path)]

    assert [place for place in found if place.partition(":")[0] not in TRUSTED] == []
