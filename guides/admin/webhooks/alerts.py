"""Alerts on the desk's first page about webhooks."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext

from assessments.desk.links import address_of
from assessments.hooks import Alert
from guides.models import WebhookEndpoint


def webhook_alerts(request: HttpRequest) -> Iterator[Alert]:
    if not request.user.has_perm("guides.change_webhookendpoint"):
        return
    for endpoint in WebhookEndpoint.objects.filter(gone_at__isnull=False):
        yield Alert(
            gettext("“{name}” isn't told anything anymore").format(name=endpoint),
            gettext(
                "It said that its address is gone for good (410), so we turned it off. Correct "
                "the address and turn it on, or delete it."
            ),
            address_of(endpoint),
        )
