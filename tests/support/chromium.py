"""How Chromium is started: Debian's, without background network requests."""

import shutil

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=en-US",  # some headless builds send no language
)


def launch_options() -> dict[str, object]:
    """For Playwright."""
    return {
        "executable_path": next(filter(None, map(shutil.which, BROWSERS)), None),
        "args": [*ARGS],
    }
