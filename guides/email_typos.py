"""Suggests corrections for likely typos in email addresses, never applied silently. Pure.

Characters around an address are stripped without asking. A correction that changes the recipient is
offered as a choice of two buttons, without JavaScript. The list of mail services is short on
purpose, and real services with similar names (mail.com, email.com) are left alone. difflib is good
enough, so this needs no library.
"""

import re
import unicodedata
from difflib import get_close_matches

DOTS = re.compile(r"\.{2,}")
STOPS = re.compile(r"[.,;]+")
LONGEST = 1000  # characters; longer input is not an address, and is cut off

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
"""Common mail services, with the top-level domains that they use."""
SIMILAR_SERVICES = frozenset({"mail", "email", "ymail", "hmail", "gmx"})
"""Other services with names similar to those above."""
SHORTEST_NAME = 5  # shorter service names are similar to too many words
CLOSE = 0.8  # difflib's ratio: one letter of five is wrong, or two are swapped

MISSPELLED = {
    **dict.fromkeys(
        ("con", "cmo", "ocm", "vom", "xom", "cim", "cpm", "comm", "coom", "conm", "c0m"), "com"
    ),
    **dict.fromkeys(("nte", "ent", "nett", "met"), "net"),
    **dict.fromkeys(("rog", "ogr", "orgg", "orh"), "org"),
}
"""Misspelled top-level domains that don't exist, and their corrections."""
INCOMPLETE = frozenset({"", "co", "cm", "om"})
"""Parts of "com" that are valid top-level domains, but not used by these services."""

WITH_NAME = re.compile(r"<([^<>@]*@[^<>@]*)>")
PUNCTUATION = frozenset(".,;:!?<>\"'`")
BRACKETS = frozenset({"Ps", "Pe", "Pi", "Pf"})  # Unicode categories of brackets and quotes
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def address_clean(typed: str) -> str:
    """The address without a name, mailto:, quotes, commas or invisible characters around it."""
    text = typed[:LONGEST]
    named = WITH_NAME.search(text)
    if named:
        text = named[1]
    text = _stripped(text)
    if text[:7].lower() == "mailto:":
        text = _stripped(text[7:].partition("?")[0])
    return text


def address_suggestion(address: str) -> str:
    """The address that was probably meant; unchanged if nothing looks like a typo."""
    normalized = unicodedata.normalize("NFKC", address)
    local, at, domain = _split("".join(char for char in normalized if not _is_invisible(char)))
    if not at:
        return address
    local = DOTS.sub(".", _without_accents(local)).strip(".")
    domain = STOPS.sub(".", domain).strip(".@")
    return f"{local}@{_domain_guess(domain)}"


def _stripped(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_surrounding(text[start]):
        start += 1
    while start < end and _is_surrounding(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_surrounding(char: str) -> bool:
    is_bracket = unicodedata.category(char) in BRACKETS
    return is_bracket or char in PUNCTUATION or _is_invisible(char)


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in INVISIBLE


def _split(text: str) -> tuple[str, str, str]:
    """The local part, the @ and the domain. A missing @ is inserted before a service's name."""
    local, at, domain = text.partition("@")
    if at:
        return local, at, domain.lstrip("@")
    for name, ends in MAIL_SERVICES.items():
        for domain in (f"{name}.{end}" for end in ends):
            if len(name) >= SHORTEST_NAME and text.lower().endswith(domain) and text != domain:
                return text[: -len(domain)], "@", domain
    return "", "", ""


def _without_accents(local: str) -> str:
    """Removes accents, which phone keyboards tend to add."""
    decomposed = unicodedata.normalize("NFKD", local)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _domain_guess(domain: str) -> str:
    name, _dot, end = domain.lower().partition(".")
    corrected = MISSPELLED.get(end.rpartition(".")[2])
    if corrected:
        end = f"{end.rpartition('.')[0]}.{corrected}".lstrip(".")
    service = name if name in MAIL_SERVICES else _service_close_to(name)
    if service and end in MAIL_SERVICES[service]:
        return f"{service}.{end}"
    if service and end in INCOMPLETE:
        return f"{service}.{MAIL_SERVICES[service][0]}"
    return f"{name}.{end}" if corrected else domain


def _service_close_to(name: str) -> str:
    if name in SIMILAR_SERVICES or len(name) < SHORTEST_NAME - 1:
        return ""
    candidates = [service for service in MAIL_SERVICES if len(service) >= SHORTEST_NAME]
    return next(iter(get_close_matches(name, candidates, n=1, cutoff=CLOSE)), "")
