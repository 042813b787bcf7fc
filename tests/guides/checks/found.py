from collections.abc import Iterable

from django.core.checks import CheckMessage


def ids(messages: Iterable[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]
