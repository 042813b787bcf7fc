"""Where the mail service tells what became of mails: django-anymail's own view, with its check of
the secret, except that the events of one call are stored together instead of through one signal
each. An event that can't be read is stored as unknown; otherwise the service would send it again
and again."""

import logging
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import URLPattern, path, resolve

from guides.tracking.services import mail_events_add

logger = logging.getLogger(__name__)


class ImmediateWebhookView(AnymailBaseWebhookView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.run_validators(request)  # type: ignore[no-untyped-call]
        mail_events_add(provider=self.esp_name, events=self._events(request))
        return HttpResponse()

    def _events(self, request: HttpRequest) -> list[AnymailTrackingEvent]:
        try:
            events: list[AnymailTrackingEvent] = self.parse_events(request)  # type: ignore[no-untyped-call]
        except (SuspiciousOperation, UnreadablePostError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it would come again and again
            logger.error("%s told what we cannot read: %s", self.esp_name, type(error).__name__)  # noqa: TRY400 - a traceback could hold an address
            said = request.POST.urlencode() or request.body.decode("latin-1")
            return [AnymailTrackingEvent(event_type=EventType.UNKNOWN, event_id=said)]
        return events


def webhooks() -> list[URLPattern]:
    """One address, of the service that sends our mail, and none without a secret."""
    if not (settings.MAIL_SERVICE and settings.ANYMAIL_WEBHOOK_SECRET):
        return []
    address = f"{settings.MAIL_SERVICE}/tracking/"  # as django-anymail documents it
    view: Any = resolve(f"/{address}", "anymail.urls").func
    both: Any = type("Webhook", (ImmediateWebhookView, view.view_class), {})
    return [path(f"webhooks/{address}", both.as_view(), name="webhook")]
