"""The runner's pages, to load each on its own, and how many bytes a first load may take."""

from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.http_runner import ANSWERS, Runner, guide_path
from tests.support.processes import wait_for

CHECK = "/check/tight-hips/"
MOST_BYTES = 30 * 1024
MOST_BYTES_OF = dict.fromkeys(("result", "example", "session"), 40 * 1024)


def most_bytes(page: str) -> int:
    return MOST_BYTES_OF.get(page, MOST_BYTES)


def paths(runner: Runner, mail: Path) -> dict[str, str]:
    """The path of each page by its name. Answers the self-check and asks for the guide; `mail` is the
    folder of the mails that this makes."""
    result = runner.answer()
    thanks = runner.ask(result, "runner@example.org")
    wait_for(lambda: list(mail.glob("*.eml")), "the mail")
    [file] = mail.glob("*.eml")
    guide = guide_path(message_from_bytes(file.read_bytes(), policy=policy.default))
    return {
        "first page": "/",
        "self-check": CHECK,
        "result": urlsplit(result.url).path,
        "safety page": urlsplit(runner.answer(ANSWERS | {"worst_pain": "8"}).url).path,
        "on its way": urlsplit(thanks.url).path,
        "guide": guide,
        "session": f"{guide}session/1/",
        "shared result": f"{CHECK}results/mobility_first/",
        "example": f"{CHECK}example/",
        "secret": f"{guide}secret/",
        "tell me first": "/guide/strength-guide/secret/",
        "on the phone": "/guide/strength-guide/phone/",
        "privacy": "/privacy/",
        "accessibility": "/accessibility/",
        "not found": "/nowhere/",
    }
