"""Translation catalogs are complete, and compiled from their current sources."""

import ast
import gettext
import re
from pathlib import Path
from shutil import copyfile

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from runfit.lib.models import columns
from runfit.lib.translation import interface_languages
from tests.support.runner_texts import messages

CATALOGS = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"))
ENTRY = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d\])?) ((?:"[^\n]*"\n?)+)', re.MULTILINE)
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|%%|</?strong>")


def entries(path):
    """The messages of a catalog: singular and plural, with their translations."""
    for block in path.read_text(encoding="utf-8").split("\n\n")[1:]:
        found = [(name, ast.literal_eval(f"({text})")) for name, text in ENTRY.findall(block)]
        forms = [text for name, text in found if name.startswith("msgid")]
        yield forms, [text for name, text in found if name.startswith("msgstr")]


def test_every_compiled_catalog_is_a_language():
    assert [code for code, _ in settings.LANGUAGES] == ["en", *(p.parts[-3] for p in CATALOGS)]


def test_a_language_is_added_by_its_catalog_alone(admin_client, settings, tmp_path):
    for locale in ("pt_BR", "es"):
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        copyfile(CATALOGS[0].with_suffix(".mo"), folder / "django.mo")
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)  # not compiled yet
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = interface_languages([tmp_path])

    assert [code for code, _ in settings.LANGUAGES] == ["en", "es", "pt-br"]
    admin_client.post("/admin/language/", {"language": "pt-br"})
    page = admin_client.get("/admin/").content.decode()
    assert '<html lang="pt-br"' in page
    assert ">English</button>" in page
    assert ">Español</button>" in page
    assert "Encerrar sessão" in page  # Django's own words


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_catalog_holds_the_messages_of_the_interface(path):
    held = {form for forms, _ in entries(path) for form in forms}

    assert held == {text for _, text in messages()}


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_every_message_is_translated_with_its_placeholders(path):
    for forms, words in entries(path):
        assert len(forms) == len(words)
        for form, word in zip(forms, words, strict=True):
            assert word, form
            assert sorted(PLACES.findall(word)) == sorted(PLACES.findall(form)), form


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_compiled_catalog_matches_the_source(path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for forms, words in entries(path):
        said = [compiled.gettext(forms[0])]
        if len(forms) > 1:
            said = [compiled.ngettext(*forms, number) for number in (1, 2)]
        assert said == words


def test_names_of_models_and_fields_are_in_the_catalog():
    held = {form for forms, _ in entries(CATALOGS[0]) for form in forms}
    named = [
        name
        for app in ("assessments", "guides")
        for model in apps.get_app_config(app).get_models()
        for name in (
            model._meta.verbose_name,
            model._meta.verbose_name_plural,
            *(column.verbose_name for column in columns(model)),
        )
    ]

    with override(None):
        assert {str(name) for name in named} - held == set()
