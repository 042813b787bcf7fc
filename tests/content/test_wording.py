"""Wording that was replaced doesn't come back, neither for runners nor at the desk."""

import ast
import re

import pytest

from tests.support.runner_texts import APPS, CONTENT, ROOT, interface_texts

REPLACED = {
    r"clinicians?": "PT or doctor",
    r"(un)?tick(s|ed|ing)?": "check",
    r"colour(s|ed|ing)?": "color",
    r"(?-i:Repeats)": "Reps",
    r"measur(e|ed|ing) again": "retake the check",
    r"settled it is": "calm it is",
    r"(to )?mend(s|ed|ing)?": "fix",
    r"as it came": "default content",
    r"kept for later": "saved for later",
    r"physio(therapist)?s?": "PT",
    r"emergency department": "emergency room",
    r"alongside": "during your plan",
    r"no more mail": "unsubscribe",
    r"asked for the guide with this address": "used your email to ask for the guide",
    r"where they stop": "what they don't show",
    r"one bone at a time": "one vertebra at a time",
    r"lie well apart": "spread them out",
    r"went along with": "were followed by",
    r"it needs that": "it's for",
    r"what each answer gave": "how each answer counted",
    r"as if (you|to)": "like you're",
    r"(centre|metre|fibre|favourite|practise|programme|organise|recognise|whilst|pooing)s?": "US English",
}  # fmt: skip
WORDING = re.compile(rf"\b({'|'.join(REPLACED)})\b", re.IGNORECASE)
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)


def content_strings():
    """All strings of content files, whoever reads them."""
    for path in CONTENT:
        text = path.read_text(encoding="utf-8")
        yield from ((path.name, line) for line in text.splitlines())


def desk_strings():
    """The texts of the desk's templates and of Python modules."""
    for folder in ("admin", "errors/desk"):
        for path in (ROOT / "templates" / folder).rglob("*.html"):
            yield path.name, MARKUP.sub(" ", path.read_text(encoding="utf-8"))
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield from ((path.name, text) for text in module_strings(path))


def module_strings(path):
    """A module's strings without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value if node.value[:1] != "^" else ""  # a URL pattern


@pytest.mark.parametrize("strings", [content_strings, interface_texts, desk_strings])
def test_replaced_wording_does_not_come_back(strings):
    found = [(place, text) for place, text in strings() if WORDING.search(text)]

    assert found == []


def test_replaced_wording_is_found():
    old = ["Tick it.", "See a clinician.", "Repeats: 8", "To mend: a colour", "Measure again"]
    new = ["A sticky ticket.", "Repeat it. It repeats.", "Amended", "Colorful", "We measure it."]

    assert [text for text in (*old, *new) if WORDING.search(text)] == old
