"""The webhook for mail service events: django-anymail's view, including its check of the secret,
except that the events of a request are stored together instead of through a signal per event. A
request that can't be parsed is stored as an unknown event; otherwise the service would keep
retrying."""

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
        except Exception as error:  # noqa: BLE001 - the service would retry whatever the error is
            logger.error("Cannot parse events from %s: %s", self.esp_name, type(error).__name__)  # noqa: TRY400 - a traceback could hold an address
            body = request.POST.urlencode() or request.body.decode("latin-1")
            return [AnymailTrackingEvent(event_type=EventType.UNKNOWN, event_id=body)]
        return events


def webhooks() -> list[URLPattern]:
    """The URL for the configured mail service; none without a secret."""
    if not (settings.MAIL_SERVICE and settings.ANYMAIL_WEBHOOK_SECRET):
        return []
    route = f"{settings.MAIL_SERVICE}/tracking/"  # as django-anymail documents it
    view: Any = resolve(f"/{route}", "anymail.urls").func
    combined: Any = type("Webhook", (ImmediateWebhookView, view.view_class), {})
    return [path(f"webhooks/{route}", combined.as_view(), name="webhook")]
