"""Debian's Firefox over WebDriver BiDi, which it speaks itself: it needs no driver."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from websocket import create_connection

from tests.e2e.engines.engine import LIMIT, SHORT, Engine, EngineError
from tests.support.processes import Process, wait_for

BINARY = "firefox-esr"
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = {
    # As on a phone.
    "dom.w3c_touch_events.enabled": 1,
    "ui.primaryPointerCapabilities": 1,
    "ui.allPointerCapabilities": 1,
    "ui.useOverlayScrollbars": 1,
    # Whatever isn't on this machine is looked for at a port where nothing listens.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}


class Firefox(Engine):
    preferences: Mapping[str, Any] = PREFERENCES

    def start(self) -> None:
        lines = [
            f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in self.preferences.items()
        ]
        (self.home / "user.js").write_text("\n".join(lines))
        options = ("--headless", "--no-remote", "--profile", self.home, "--remote-debugging-port=0")
        environ = {"HOME": str(self.home)}
        firefox = Process((BINARY, *options), self.home / "log", environ=environ)
        self.cleanup.callback(firefox.kill)
        wait_for(lambda: LISTENS.search(firefox.said()), "Firefox", LIMIT)
        found = LISTENS.search(firefox.said())
        assert found
        url = f"{found[1]}/session"
        self._socket = create_connection(url, suppress_origin=True, timeout=LIMIT)
        self.cleanup.callback(self._socket.close)
        self._sent = 0
        self._call("session.new", capabilities={})
        self._tab = self._call("browsingContext.getTree")["contexts"][0]["context"]
        self._place = self._tab

    def open(self, url: str) -> None:
        self._place = self._tab
        self._call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def back(self) -> None:
        self._call("browsingContext.traverseHistory", context=self._tab, delta=-1)

    def enter_frame(self) -> None:
        tree = self._call("browsingContext.getTree", root=self._tab)
        self._place = tree["contexts"][0]["children"][0]["context"]

    def resize(self, width: int, height: int = SHORT) -> None:
        size = {"width": width, "height": height}
        self._call("browsingContext.setViewport", context=self._tab, viewport=size)

    def picture(self) -> bytes:
        return b64decode(self._call("browsingContext.captureScreenshot", context=self._tab)["data"])

    def _json(self, body: str) -> str:
        answer = self._call(
            "script.callFunction",
            functionDeclaration=f"function () {{ {body} }}",
            target={"context": self._place},
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise EngineError(answer["exceptionDetails"]["text"])
        return str(answer["result"]["value"])

    def _perform(self, actions: dict[str, Any]) -> None:
        self._call("input.performActions", context=self._place, actions=[actions])

    def _call(self, method: str, **parameters: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        answer: dict[str, Any] = {}
        while answer.get("id") != self._sent:  # events may come first
            answer = json.loads(self._socket.recv())
        if answer["type"] == "error":
            raise EngineError(f"{method}: {answer['error']}, {answer['message']}")
        return answer["result"]


class StrictFirefox(Firefox):
    """Refuses cookies and `localStorage` to frames of other sites."""

    preferences = {**PREFERENCES, "network.cookie.cookieBehavior": 1}
