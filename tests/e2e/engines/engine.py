"""What a browser engine must do for a walk through the pages, and what both engines share."""

import json
from abc import ABC, abstractmethod
from typing import Any

SHORT = 844
"""A phone's height in CSS pixels."""


class EngineError(Exception):
    """The engine refused a command, for example because the page was just left."""


class Engine(ABC):
    """One tab of a browser, driven by the standard protocol that this engine speaks."""

    pointer = "touch"

    @abstractmethod
    def open(self, url: str) -> None:
        """Load this page, and wait until it has loaded."""

    @abstractmethod
    def back(self) -> None:
        """Go back in the tab's history."""

    @abstractmethod
    def resize(self, width: int, height: int = SHORT) -> None:
        """Give the page this much room."""

    @abstractmethod
    def picture(self) -> bytes:
        """The visible part of the page as PNG."""

    @abstractmethod
    def close(self) -> None:
        """End the browser."""

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
