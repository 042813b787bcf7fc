"""What a browser engine must do for a walk through the pages, and what both engines share."""

import json
from abc import ABC, abstractmethod
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from websocket import WebSocketException

SHORT = 844
"""A phone's height in CSS pixels."""
LIMIT = 45.0
"""Seconds for one answer of the browser."""
STARTS = 3
"""Now and then, a browser hangs while it starts on a busy machine: then another one is started."""


class EngineError(Exception):
    """The engine refused a command, for example because the page was just left."""


class Engine(ABC):
    """One tab of a browser, driven by the standard protocol that this engine speaks."""

    pointer = "touch"

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        self.cleanup = ExitStack()

    @classmethod
    def started(cls, home: Path) -> Self:
        """A browser that answers, with its files in new folders of `home`."""
        for number in range(1, STARTS):
            engine = cls(home / str(number))
            with suppress(OSError, WebSocketException, EngineError):
                engine.start()
                return engine
            engine.close()
        engine = cls(home / str(STARTS))
        engine.start()
        return engine

    @abstractmethod
    def start(self) -> None:
        """Start the browser, and open a tab. Raises OSError, WebSocketException or EngineError if it
        doesn't answer in time."""

    def close(self) -> None:
        """End the browser."""
        self.cleanup.close()

    @abstractmethod
    def open(self, url: str) -> None:
        """Load this page, and wait until it has loaded."""

    @abstractmethod
    def back(self) -> None:
        """Go back in the tab's history."""

    @abstractmethod
    def enter_frame(self) -> None:
        """Go on in the first frame of the page: scripts run there, and places are measured there."""

    @abstractmethod
    def resize(self, width: int, height: int = SHORT) -> None:
        """Give the page this much room."""

    @abstractmethod
    def picture(self) -> bytes:
        """The visible part of the page as PNG."""

    @abstractmethod
    def _json(self, body: str) -> str:
        """The string that this body of a function returns in the page."""

    @abstractmethod
    def _perform(self, actions: dict[str, Any]) -> None:
        """Perform the actions of one input device, as WebDriver describes them."""

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return json.loads(self._json(f"return JSON.stringify({expression}) ?? 'null';"))

    def tap(self, x: float, y: float) -> None:
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        finger = {"parameters": {"pointerType": self.pointer}, "actions": moves}
        self._perform({"type": "pointer", "id": "finger", **finger})

    def type(self, text: str) -> None:
        keys = [{"type": kind, "value": each} for each in text for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keyboard", "actions": keys})
