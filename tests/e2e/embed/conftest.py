"""Articles on another site, which is 127.0.0.1 to our localhost."""

import json
import shutil

import pytest

from assessments.desk.share.embed import EmbedCode
from tests.e2e.embed.articles import blog_served, sites_listed
from tests.e2e.walk import HURRY
from tests.support.chromium import ARGS

TITLE = "Take the tight-hips check"


@pytest.fixture
def blog(edition):
    with blog_served() as blog:
        sites_listed(blog.site)
        yield blog


@pytest.fixture
def embed(live_server, settings):
    """What the desk hands out."""
    settings.SITE_URL = live_server.url

    def embed(*, first_only=False, in_tab=False):
        return EmbedCode("tight-hips", TITLE, first_only, in_tab)

    return embed


@pytest.fixture
def code(embed):
    """The code for an article: a link and a script."""
    return lambda **options: embed(**options).script_html


@pytest.fixture
def blocking(browser_type, browser_context_args, quick, tmp_path):
    """A phone whose owner blocks cookies and storage of other sites, in the settings of the whole
    Chromium: the headless shell has none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Debian's chromium")
    folder = tmp_path / "Default"
    folder.mkdir()
    profile = {"block_third_party_cookies": True, "cookie_controls_mode": 1}
    (folder / "Preferences").write_text(json.dumps({"profile": profile}))
    context = browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium, args=[*ARGS], **browser_context_args
    )
    context.add_init_script(HURRY)
    yield context
    context.close()
