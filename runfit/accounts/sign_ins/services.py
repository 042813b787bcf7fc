"""Who's signed in where: listed for the account's owner, who can end each session."""

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from runfit.accounts.models import SignIn
from runfit.accounts.sign_ins.devices import device_name
from runfit.lib.audit import change_log

SEEN_EVERY = timedelta(minutes=5)
"""How often a session is extended and its row written: not with each page."""
SIGN_IN = "sign_in"
SEEN = "seen"


def sign_in_begin(*, request: HttpRequest, user: User) -> None:
    """Keeps a row for a new session, and drops those of sessions that have expired."""
    if not request.session.session_key:
        request.session.save()
    _expired_drop(user)
    key = request.session.session_key
    row, _ = SignIn.objects.update_or_create(
        session_key=key, defaults={"user": user, "device": device_name(request)}
    )
    request.session[SIGN_IN] = row.pk
    request.session[SEEN] = timezone.now().timestamp()


def sign_in_follow(*, request: HttpRequest, key_before: str | None) -> None:
    """Extends the session every few minutes, and follows its key, which a new password changes."""
    session = request.session
    row, key = session.get(SIGN_IN), session.session_key
    now = timezone.now()
    if row is None or key is None:
        return
    if now.timestamp() - session.get(SEEN, 0.0) > SEEN_EVERY.total_seconds():
        session[SEEN] = now.timestamp()
        SignIn.objects.filter(pk=row).update(seen_at=now)
    if key != key_before:
        SignIn.objects.filter(pk=row).update(session_key=key)


def sign_ins_of(user: User) -> list[SignIn]:
    """Those whose sessions still work, the latest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(SignIn.objects.filter(user=user, session_key__in=alive).order_by("-seen_at", "-pk"))


def sign_ins_end(*, user: User, sign_ins: Iterable[SignIn]) -> int:
    """Ends these sessions at once."""
    ended = list(sign_ins)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for sign_in in ended:
        store(sign_in.session_key).delete()
        sign_in.delete()
    if ended:
        change_log(user, "sessions", str(len(ended)), "ended")
    return len(ended)


def sign_ins_end_others(*, request: HttpRequest, user: User) -> int:
    here = request.session.session_key
    return sign_ins_end(user=user, sign_ins=user.sign_ins.exclude(session_key=here))


def _expired_drop(user: User) -> None:
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    SignIn.objects.filter(user=user).exclude(session_key__in=alive).delete()
