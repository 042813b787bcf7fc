"""Debian's WebKit over WebDriver: WebKitGTK's own small browser, on a display that nobody sees."""

import json
import re
import urllib.error
import urllib.request
from base64 import b64decode
from pathlib import Path
from typing import Any

from tests.e2e.engines.engine import LIMIT, SHORT, Engine, EngineError
from tests.support.ports import free_port, listens
from tests.support.processes import Process, wait_for

BROWSERS = "lib/*/webkit2gtk-4.*/MiniBrowser"
# It says first which displays are taken.
DISPLAY = re.compile(r"^(\d+)\n", re.MULTILINE)
FRAME = "document.querySelector('iframe')"
# Its own bar would keep the window wider than a phone.
NO_BAR = "* { font-size: 1px; margin: 0; padding: 0; border: 0; min-width: 0; min-height: 0 }"


class WebKit(Engine):
    pointer = "mouse"  # Debian's WebKit turns taps into clicks of a mouse
    _corner: tuple[float, float] = (0, 0)

    def start(self) -> None:
        (self.home / "gtk-3.0").mkdir()
        (self.home / "gtk-3.0" / "gtk.css").write_text(NO_BAR)
        # Higher than any page, for pictures of whole pages.
        size = ("-screen", "0", "1280x8000x24")
        xvfb = ("Xvfb", "-displayfd", "1", *size, "-nolisten", "tcp")
        screen = Process(xvfb, self.home / "screen")
        self.cleanup.callback(screen.kill)
        wait_for(lambda: DISPLAY.search(screen.said()), "Xvfb", LIMIT)
        found = DISPLAY.search(screen.said())
        assert found
        environ = {
            "DISPLAY": f":{found[1]}",
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home),
        }
        port = free_port()
        self._site = f"http://127.0.0.1:{port}/session"
        driver = ("WebKitWebDriver", f"--port={port}")
        self.cleanup.callback(Process(driver, self.home / "log", environ=environ).kill)
        wait_for(lambda: listens(port), "WebKitWebDriver", LIMIT)
        browser = str(next(Path("/usr").glob(BROWSERS)))
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._site += f"/{self._call('POST', '', capabilities=wanted)['sessionId']}"

    def open(self, url: str) -> None:
        self._corner = (0, 0)
        self._call("POST", "/url", url=url)

    def back(self) -> None:
        self._call("POST", "/back")

    def enter_frame(self) -> None:
        self._corner = self.run(f"(({{ x, y }}) => [x, y])({FRAME}.getBoundingClientRect())")
        self._call("POST", "/frame", id=0)

    def tap(self, x: float, y: float) -> None:
        """Even from within a frame, WebKit measures in the window."""
        super().tap(x + self._corner[0], y + self._corner[1])

    def resize(self, width: int, height: int = SHORT) -> None:
        bar = self.run("outerHeight - innerHeight")
        self._call("POST", "/window/rect", width=width, height=height + bar)

    def picture(self) -> bytes:
        return b64decode(self._call("GET", "/screenshot"))

    def _json(self, body: str) -> str:
        return str(self._call("POST", "/execute/sync", script=body, args=[]))

    def _perform(self, actions: dict[str, Any]) -> None:
        self._call("POST", "/actions", actions=[actions])

    def _call(self, method: str, path: str, **parameters: Any) -> Any:
        data = json.dumps(parameters).encode() if method == "POST" else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._site}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise EngineError(error.read().decode()) from error
