"""How often someone may try to get in: counted in the database, before any password is hashed.

Wrong passwords lock their own network out for that name, and slow the name down for everyone else.
Neither can lock its owner out: a passkey isn't limited, nor slowed a browser that has signed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

from runfit.accounts.models import Attempt
from runfit.lib.client_ip import client_network, network_hash
from runfit.lib.http import later

WINDOW = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
SIGN_IN, CODE, RESET, PASSKEY = "sign-in", "code", "reset", "passkey"
BOTH = {SIGN_IN: 10, CODE: 10, RESET: 10, PASSKEY: 50}
"""From one network for one name. IPv6 counts by /64. Passkeys have no name yet, so their network
stands for it: beginning with one stores a session, and nobody may fill the disk with these."""
NETWORK = 50
"""From one network for all names."""
FREE = 20
"""For one name from everywhere, until it's slowed."""
SLOW = timedelta(seconds=30)

COOKIE = "known_browser"
COOKIE_AGE = timedelta(days=180)
SIGNER = Signer(salt="accounts.known_browser")


class TooManyAttemptsError(Exception):
    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.wait = max(until - timezone.now(), timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Who:
    name: str
    network: str
    is_known: bool = False


def who_tries(request: HttpRequest, name: str) -> Who:
    key = _name_hash(name)
    return Who(key, network_hash(client_network(request)), _is_known(request, key))


def who_begins(request: HttpRequest) -> Who:
    """Someone with a passkey, who hasn't said who they are."""
    network = network_hash(client_network(request))
    return Who(network, network, is_known=True)


def attempt_begin(*, kind: str, who: Who) -> None:
    """Counts an attempt, or raises TooManyAttemptsError. Counted first, so that many at the same
    time don't slip through; one that's refused costs nothing."""
    Attempt.objects.filter(at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    attempt = Attempt.objects.create(kind=kind, name=who.name, network=who.network)
    if until := _locked_until(attempt, is_known=who.is_known):
        attempt.delete()
        raise TooManyAttemptsError(until)


def attempts_forget(*, kind: str, who: Who) -> None:
    """After the right password: wrong ones of the same person don't add up."""
    Attempt.objects.filter(kind=kind, name=who.name, network=who.network).delete()


def attempts_of_name(name: str, *, kind: str) -> int:
    since = timezone.now() - WINDOW
    return Attempt.objects.filter(kind=kind, name=_name_hash(name), at__gt=since).count()


def name_unlock(name: str) -> None:
    Attempt.objects.filter(name=_name_hash(name)).delete()


def browser_remember(response: HttpResponse, who: Who) -> None:
    """A browser that has signed in under a name isn't slowed by others' wrong passwords."""
    response.set_cookie(
        COOKIE,
        SIGNER.sign(who.name),
        max_age=COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def too_many_page(request: HttpRequest, error: TooManyAttemptsError) -> HttpResponse:
    minutes = -(-error.wait // timedelta(minutes=1))
    wait = ngettext(
        "Wait {minutes} minute, then try again.",
        "Wait {minutes} minutes, then try again.",
        minutes,
    ).format(minutes=minutes)
    passkey = gettext("A passkey opens right away.")
    context = {"advice": f"{wait} {passkey}"}
    page = render(request, "errors/locked.html", context)
    return later(page, int(error.wait.total_seconds()) + 1)


def _locked_until(attempt: Attempt, *, is_known: bool) -> datetime | None:
    same_name, same_network = Q(name=attempt.name), Q(network=attempt.network)
    others = Attempt.objects.filter(kind=attempt.kind, at__gt=attempt.at - WINDOW)
    counted = others.exclude(pk=attempt.pk).aggregate(
        of_both=Count("pk", filter=same_name & same_network),
        of_both_since=Min("at", filter=same_name & same_network),
        of_network=Count("pk", filter=same_network),
        of_network_since=Min("at", filter=same_network),
        of_name=Count("pk", filter=same_name),
        of_name_last=Max("at", filter=same_name),
    )
    if counted["of_both"] >= BOTH[attempt.kind]:
        return counted["of_both_since"] + WINDOW  # type: ignore[no-any-return]
    if counted["of_network"] >= NETWORK:
        return counted["of_network_since"] + WINDOW  # type: ignore[no-any-return]
    if counted["of_name"] >= FREE and not is_known and counted["of_name_last"] + SLOW > attempt.at:
        return counted["of_name_last"] + SLOW  # type: ignore[no-any-return]
    return None


def _name_hash(name: str) -> str:
    key = name.strip().casefold()
    return salted_hmac("accounts.name", key, algorithm="sha256").hexdigest()[:32]


def _is_known(request: HttpRequest, key: str) -> bool:
    try:
        return SIGNER.unsign(request.COOKIES.get(COOKIE, "")) == key
    except BadSignature:
        return False
