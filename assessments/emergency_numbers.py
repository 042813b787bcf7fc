"""Emergency numbers by country, and the variable {emergency} in texts (pure).

Texts are edited once for all practices, so they say {emergency} where pages, emails and guides show
the numbers of the practice's country.
"""

from collections.abc import Callable
from html import escape

VARIABLE = "{emergency}"
DEFAULT_COUNTRY = "US"
OTHER_COUNTRY = "ZZ"  # ISO 3166 keeps it free for "unknown"

# Countries of likely practices. The first number is the one to call.
COUNTRIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "US": ("United States", ("911",)),
    "CA": ("Canada", ("911",)),
    "GB": ("United Kingdom", ("999", "112")),
    "IE": ("Ireland", ("112", "999")),
    "AU": ("Australia", ("000",)),
    "NZ": ("New Zealand", ("111",)),
    "AT": ("Austria", ("112",)),
    "BE": ("Belgium", ("112",)),
    "BR": ("Brazil", ("192",)),
    "BG": ("Bulgaria", ("112",)),
    "CL": ("Chile", ("131",)),
    "CO": ("Colombia", ("123",)),
    "CR": ("Costa Rica", ("911",)),
    "HR": ("Croatia", ("112",)),
    "CY": ("Cyprus", ("112",)),
    "CZ": ("Czechia", ("112",)),
    "DK": ("Denmark", ("112",)),
    "EC": ("Ecuador", ("911",)),
    "EE": ("Estonia", ("112",)),
    "FI": ("Finland", ("112",)),
    "FR": ("France", ("112", "15")),
    "DE": ("Germany", ("112",)),
    "GR": ("Greece", ("112",)),
    "HK": ("Hong Kong", ("999",)),
    "HU": ("Hungary", ("112",)),
    "IS": ("Iceland", ("112",)),
    "IN": ("India", ("112",)),
    "IL": ("Israel", ("101",)),
    "IT": ("Italy", ("112",)),
    "JP": ("Japan", ("119",)),
    "LV": ("Latvia", ("112",)),
    "LT": ("Lithuania", ("112",)),
    "LU": ("Luxembourg", ("112",)),
    "MY": ("Malaysia", ("999",)),
    "MT": ("Malta", ("112",)),
    "MX": ("Mexico", ("911",)),
    "NL": ("Netherlands", ("112",)),
    "NO": ("Norway", ("113", "112")),
    "PA": ("Panama", ("911",)),
    "PH": ("Philippines", ("911",)),
    "PL": ("Poland", ("112",)),
    "PT": ("Portugal", ("112",)),
    "RO": ("Romania", ("112",)),
    "SG": ("Singapore", ("995",)),
    "SK": ("Slovakia", ("112",)),
    "SI": ("Slovenia", ("112",)),
    "ZA": ("South Africa", ("112", "10177")),
    "KR": ("South Korea", ("119",)),
    "ES": ("Spain", ("112",)),
    "SE": ("Sweden", ("112",)),
    "CH": ("Switzerland", ("144", "112")),
    "TR": ("Türkiye", ("112",)),
    "AE": ("United Arab Emirates", ("998",)),
    "UY": ("Uruguay", ("911",)),
    OTHER_COUNTRY: ("Another country", ("112", "911")),
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
