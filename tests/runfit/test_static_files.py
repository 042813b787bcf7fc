"""Style sheets and scripts that browsers load are small, and say the same as their sources."""

import gzip
import hashlib
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from runfit.static_files import minified

CSSOM = r"""source => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(source);
  return [...sheet.cssRules].map((rule) => rule.cssText.replace(/\s*([,{/])\s*/g, "$1"));
}"""


@pytest.fixture
def sources(settings):
    """Our style sheets and scripts by their names."""
    [folder] = settings.STATICFILES_DIRS
    return {
        f"runfit/{path.name}": path.read_text()
        for path in (folder / "runfit").iterdir()
        if path.suffix in {".css", ".js"}
    }


def small(name, source):
    return minified(name, source.encode()).decode()


def test_collected_files_are_minified_and_named_by_what_they_hold(settings, tmp_path, sources):
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "runfit.static_files.MinifiedStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}

    call_command("collectstatic", interactive=False, verbosity=0)

    for name, source in sources.items():
        hashed = staticfiles_storage.stored_name(name)
        content = (tmp_path / hashed).read_bytes()
        assert content.decode() == small(name, source)
        assert hashlib.md5(content, usedforsecurity=False).hexdigest()[:12] in hashed
        zipped = (tmp_path / f"{hashed}.gz").read_bytes()
        assert gzip.decompress(zipped) == content
        assert len(zipped) < 0.9 * len(gzip.compress(source.encode(), 9))
    other = "admin/js/core.js"
    assert (tmp_path / staticfiles_storage.stored_name(other)).read_text().startswith("// Core")


def test_a_script_keeps_the_spaces_of_its_text(sources):
    texts = re.compile(r"`[^`]*\$\{[^`]*`")
    scripts = {name: source for name, source in sources.items() if name.endswith(".js")}

    kept = {name: texts.findall(small(name, source)) for name, source in scripts.items()}

    assert kept == {name: texts.findall(source) for name, source in scripts.items()}
    assert "`${location.pathname} `" in kept["runfit/begin.js"]


@pytest.mark.browser
def test_browsers_read_what_was_written(browser, sources):
    page = browser.new_page()
    for name, source in sources.items():
        if name.endswith(".css"):
            rules = page.evaluate(CSSOM, source)
            assert page.evaluate(CSSOM, small(name, source)) == rules
            assert len(rules) > 4, name
        else:
            page.evaluate("source => { new Function(source); }", small(name, source))
    page.close()
