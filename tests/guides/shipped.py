"""A small default content, of which tests make editions."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.core.management import call_command

from runfit.lib import caching
from tests.assessments.small import small
from tests.guides import samples

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 30"><path d="M0 0H{}"/></svg>'


class Shipped:
    """The folder of content that RunFit comes with. Change the data, then `write` an edition."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.check: dict[str, Any] = small()
        self.library = samples.library()
        self.guide = samples.guide() | {"assessment": "small"}
        self.library["meta"] = {"version": "1.0", "status": "first"}
        self.library["exercises"][1]["picture"] = {"file": "pictures/bridge.svg", "alt": "A bridge"}
        self.width = 9

    def write(self) -> None:
        (self.folder / "pictures").mkdir(parents=True, exist_ok=True)
        (self.folder / "pictures" / "bridge.svg").write_text(DRAWING.format(self.width))
        for name in ("check", "library", "guide"):
            text = json.dumps(getattr(self, name))
            (self.folder / f"{name}.json").write_text(text, encoding="utf-8")
        caching.clear()

    def load(self) -> None:
        """As a start does."""
        files = sorted(map(str, self.folder.glob("*.json")))
        call_command("content_load", *files, once=True, verbosity=0)

    def exercise(self, key: str) -> Any:
        return next(each for each in self.library["exercises"] if each["id"] == key)

    def question(self, key: str) -> Any:
        return next(each for each in self.check["questions"] if each["key"] == key)

    def change_all(self) -> None:
        """Another edition, with something new in each part."""
        check = self.check
        check["safety"]["intro"] = "Safety first."
        self.question("touch")["text"] = "How far down do you get?"
        check["questions"].append(deepcopy(self.question("bridge")) | {"key": "plank"})
        check["dimensions"][0]["label"] = "Reaching"
        check["profiles"][0]["summary"] = "You stop early."
        check["notices"][0]["text"] = "Mind what hurts."
        check["faq"][0]["answer"] = "Yes, slowly."
        check["why"] = {"title": "Why", "text": "Because."}
        check["minutes"] = 3
        self.library["shared_rules"]["warm_up"] = "Walk for 7 minutes."
        self.exercise("bridge")["steps"] = ["Lift.", "Lower."]
        self.width = 12
        self.library["exercises"].insert(1, samples.EXERCISE | {"id": "march", "name": "March"})
        steps = self.library["plans"]["stiff"]["blocks"][0]["exercises"]
        steps.append({"id": "march", "dose": "2 x 8"})
        self.guide["introduction"] = ["Welcome."]
        self.guide["emails"]["guide"]["button"] = "Open your guide"
