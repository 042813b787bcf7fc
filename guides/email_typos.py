"""Offers a correction for what looks like a typo in an address, never applied silently. Pure.

What's around an address is removed; whatever changes where an email goes is asked, with both
answers as buttons of a page that needs no script. The list of mail services is short on purpose,
and a real service with a similar name (mail.com, email.com) is left alone. difflib compares well
enough, so this needs no library.
"""

import re
import unicodedata
from difflib import get_close_matches

DOTS = re.compile(r"\.{2,}")
STOPS = re.compile(r"[.,;]+")
LONGEST = 1000  # characters; what is longer is no address, and is not looked into

MAIL_SERVICES: dict[str, tuple[str, ...]] = {
    "gmail": ("com",),
    "googlemail": ("com",),
    "yahoo": ("com", "es", "com.mx", "com.ar", "com.br", "co.uk", "fr", "de", "it", "ca"),
    "hotmail": ("com", "es", "com.mx", "com.ar", "co.uk", "fr", "de", "it"),
    "outlook": ("com", "es", "com.mx", "com.ar", "com.br", "fr", "de", "it"),
    "icloud": ("com",),
    "live": ("com", "com.mx", "com.ar", "co.uk", "fr", "ca"),
    "aol": ("com",),
    "msn": ("com",),
    "protonmail": ("com", "ch"),
    "proton": ("me",),
    "fastmail": ("com", "fm"),
    "comcast": ("net",),
    "verizon": ("net",),
    "charter": ("net",),
    "sbcglobal": ("net",),
    "bellsouth": ("net",),
    "earthlink": ("net",),
    "btinternet": ("com",),
}
"""Where most people have their mailbox: each name with the ends that it is known by."""
ALIKE = frozenset({"mail", "email", "ymail", "hmail", "gmx"})
"""Services of their own whose names are close to those above."""
SHORTEST_NAME = 5  # of a service that a slip is told from: shorter ones are close to anything
CLOSE = 0.8  # difflib's ratio: one letter of five is wrong, or two of them changed places

NO_ENDS = {
    **dict.fromkeys(
        ("con", "cmo", "ocm", "vom", "xom", "cim", "cpm", "comm", "coom", "conm", "c0m"), "com"
    ),
    **dict.fromkeys(("nte", "ent", "nett", "met"), "net"),
    **dict.fromkeys(("rog", "ogr", "orgg", "orh"), "org"),
}
"""Ends that no domain has, and what they stand for."""
LEFT_OUT = frozenset({"", "co", "cm", "om"})
"""Ends that some domains have, but none of these services: a letter of "com" is missing."""

WITH_NAME = re.compile(r"<([^<>@]*@[^<>@]*)>")
AROUND = frozenset(".,;:!?<>\"'`")
AROUND_TOO = frozenset({"Ps", "Pe", "Pi", "Pf"})  # brackets and quotes of all languages
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def address_clean(typed: str) -> str:
    """The address without what is around it: a name, mailto:, quotes, a comma, invisible signs."""
    text = typed[:LONGEST]
    named = WITH_NAME.search(text)
    if named:
        text = named[1]
    text = _stripped(text)
    if text[:7].lower() == "mailto:":
        text = _stripped(text[7:].partition("?")[0])
    return text


def address_suggestion(address: str) -> str:
    """What was probably meant; the same again where nothing looks like a slip."""
    text = "".join(each for each in unicodedata.normalize("NFKC", address) if not _unseen(each))
    local, at, domain = _parted(text)
    if not at:
        return address
    local = DOTS.sub(".", _plain(local)).strip(".")
    domain = STOPS.sub(".", domain).strip(".@")
    return f"{local}@{_domain_guess(domain)}"


def _stripped(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _around(text[start]):
        start += 1
    while start < end and _around(text[end - 1]):
        end -= 1
    return text[start:end]


def _around(character: str) -> bool:
    brackets = unicodedata.category(character) in AROUND_TOO
    return brackets or character in AROUND or _unseen(character)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN


def _parted(text: str) -> tuple[str, str, str]:
    """Before the @, the @, and after it. One that is missing stands before a service's name."""
    local, at, domain = text.partition("@")
    if at:
        return local, at, domain.lstrip("@")
    for name, ends in MAIL_SERVICES.items():
        for domain in (f"{name}.{end}" for end in ends):
            if len(name) >= SHORTEST_NAME and text.lower().endswith(domain) and text != domain:
                return text[: -len(domain)], "@", domain
    return "", "", ""


def _plain(local: str) -> str:
    """Without accents, which a phone's keyboard likes to add."""
    parts = unicodedata.normalize("NFKD", local)
    return "".join(each for each in parts if not unicodedata.combining(each))


def _domain_guess(domain: str) -> str:
    name, _dot, end = domain.lower().partition(".")
    fits = NO_ENDS.get(end.rpartition(".")[2])
    if fits:
        end = f"{end.rpartition('.')[0]}.{fits}".lstrip(".")
    service = name if name in MAIL_SERVICES else _service_close_to(name)
    if service and end in MAIL_SERVICES[service]:
        return f"{service}.{end}"
    if service and end in LEFT_OUT:
        return f"{service}.{MAIL_SERVICES[service][0]}"
    return f"{name}.{end}" if fits else domain


def _service_close_to(name: str) -> str:
    if name in ALIKE or len(name) < SHORTEST_NAME - 1:
        return ""
    long = [each for each in MAIL_SERVICES if len(each) >= SHORTEST_NAME]
    return next(iter(get_close_matches(name, long, n=1, cutoff=CLOSE)), "")
