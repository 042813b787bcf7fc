"""Emergency numbers by country, and the variable {emergency} in texts (pure).

Texts are edited once for all practices, so they say {emergency} where pages, emails and guides show
the numbers of the practice's country.
"""

from collections.abc import Callable
from html import escape

from runfit.lib.messages import message as _

VARIABLE = "{emergency}"
DEFAULT_COUNTRY = "US"
OTHER_COUNTRY = "ZZ"  # ISO 3166 keeps it free for "unknown"

# Countries of likely practices. The first number is the one to call.
COUNTRIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "US": (_("United States"), ("911",)),
    "CA": (_("Canada"), ("911",)),
    "GB": (_("United Kingdom"), ("999", "112")),
    "IE": (_("Ireland"), ("112", "999")),
    "AU": (_("Australia"), ("000",)),
    "NZ": (_("New Zealand"), ("111",)),
    "AT": (_("Austria"), ("112",)),
    "BE": (_("Belgium"), ("112",)),
    "BR": (_("Brazil"), ("192",)),
    "BG": (_("Bulgaria"), ("112",)),
    "CL": (_("Chile"), ("131",)),
    "CO": (_("Colombia"), ("123",)),
    "CR": (_("Costa Rica"), ("911",)),
    "HR": (_("Croatia"), ("112",)),
    "CY": (_("Cyprus"), ("112",)),
    "CZ": (_("Czechia"), ("112",)),
    "DK": (_("Denmark"), ("112",)),
    "EC": (_("Ecuador"), ("911",)),
    "EE": (_("Estonia"), ("112",)),
    "FI": (_("Finland"), ("112",)),
    "FR": (_("France"), ("112", "15")),
    "DE": (_("Germany"), ("112",)),
    "GR": (_("Greece"), ("112",)),
    "HK": (_("Hong Kong"), ("999",)),
    "HU": (_("Hungary"), ("112",)),
    "IS": (_("Iceland"), ("112",)),
    "IN": (_("India"), ("112",)),
    "IL": (_("Israel"), ("101",)),
    "IT": (_("Italy"), ("112",)),
    "JP": (_("Japan"), ("119",)),
    "LV": (_("Latvia"), ("112",)),
    "LT": (_("Lithuania"), ("112",)),
    "LU": (_("Luxembourg"), ("112",)),
    "MY": (_("Malaysia"), ("999",)),
    "MT": (_("Malta"), ("112",)),
    "MX": (_("Mexico"), ("911",)),
    "NL": (_("Netherlands"), ("112",)),
    "NO": (_("Norway"), ("113", "112")),
    "PA": (_("Panama"), ("911",)),
    "PH": (_("Philippines"), ("911",)),
    "PL": (_("Poland"), ("112",)),
    "PT": (_("Portugal"), ("112",)),
    "RO": (_("Romania"), ("112",)),
    "SG": (_("Singapore"), ("995",)),
    "SK": (_("Slovakia"), ("112",)),
    "SI": (_("Slovenia"), ("112",)),
    "ZA": (_("South Africa"), ("112", "10177")),
    "KR": (_("South Korea"), ("119",)),
    "ES": (_("Spain"), ("112",)),
    "SE": (_("Sweden"), ("112",)),
    "CH": (_("Switzerland"), ("144", "112")),
    "TR": (_("Türkiye"), ("112",)),
    "AE": (_("United Arab Emirates"), ("998",)),
    "UY": (_("Uruguay"), ("911",)),
    OTHER_COUNTRY: (_("Another country"), ("112", "911")),
}

# For readers in other countries, who are many where the site is in English.
ABROAD: dict[str, tuple[str, ...]] = {"US": ("999", "112")}
WORDS = {
    "en": {
        "or": "{} or {}",
        "abroad": "{home} ({abroad} outside the US)",
        "other": "{home}, or the emergency number where you are",
    },
    "es": {
        "or": "{} o {}",
        "abroad": "{home} ({abroad} fuera de EE. UU.)",
        "other": "{home}, o el número de emergencias de donde estés",
    },
}


def country_choices() -> list[tuple[str, str]]:
    """Codes and names, for a form."""
    return [(code, name) for code, (name, _numbers) in COUNTRIES.items()]


def emergency_numbers(country: str) -> tuple[str, ...]:
    """The numbers to call in a country, the usual one first."""
    _name, numbers = COUNTRIES.get(country, COUNTRIES[OTHER_COUNTRY])
    return numbers


def emergency_words(country: str, language: str = "en") -> str:
    """The numbers as plain text, such as "911 (999 or 112 outside the US)"."""
    return _sentence(country, language, str)


def emergency_html(country: str, language: str = "en") -> str:
    """The same as HTML, where each number is a link that a phone dials."""
    return _sentence(country, language, _link)


def fill_emergency(text: str, country: str, language: str = "en") -> str:
    """Plain text with the numbers instead of {emergency}."""
    return text.replace(VARIABLE, emergency_words(country, language)) if VARIABLE in text else text


def _sentence(country: str, language: str, show: Callable[[str], str]) -> str:
    words = WORDS.get(language.lower().split("-")[0], WORDS["en"])
    home = _either(emergency_numbers(country), words["or"], show)
    if abroad := ABROAD.get(country):
        return words["abroad"].format(home=home, abroad=_either(abroad, words["or"], show))
    is_known = country in COUNTRIES and country != OTHER_COUNTRY
    return home if is_known else words["other"].format(home=home)


def _either(numbers: tuple[str, ...], either: str, show: Callable[[str], str]) -> str:
    first, *others = map(show, numbers)
    return either.format(first, others[0]) if others else first


def _link(number: str) -> str:
    return f'<a href="tel:{escape(number)}">{escape(number)}</a>'
