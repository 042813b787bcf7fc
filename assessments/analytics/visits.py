"""Counts visits."""

from django.http import HttpRequest

from assessments.analytics import collector
from assessments.analytics.bots import is_bot, is_new_visit
from assessments.analytics.utm import source_of
from assessments.models import Edition


def count_visit(request: HttpRequest, edition: Edition) -> None:
    """Somebody came from outside to a page of this edition."""
    if is_new_visit(request):
        source = source_of(request)
        collector.add(step="visit", edition=edition.pk, source=source, bot=is_bot(request))
