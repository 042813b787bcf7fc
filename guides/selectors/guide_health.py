"""Health of guides: missing files of live editions, and recorded faults."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, QuerySet
from django.utils import timezone

import assessments.selectors
from guides.models import GuideEdition, GuideFault
from guides.selectors.content import guide_content
from runfit.lib import storage
from runfit.lib.caching import cached

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

FAULTS_SHOWN = timedelta(days=1)
"""A fault that persists is recorded again by the next request."""


def editions_live() -> list[GuideEdition]:
    """The newest edition of each guide. Cached and shared: don't modify them."""
    return cached("live guide editions", _editions_live)


def _editions_live() -> list[GuideEdition]:
    newest = GuideEdition.objects.values("guide").annotate(newest=Max("pk")).values("newest")
    live = GuideEdition.objects.filter(pk__in=newest)
    return list(live.select_related("guide").defer("content").order_by("pk"))


def guide_faults() -> QuerySet[GuideFault]:
    """Faults that runners ran into in the last day."""
    recent = GuideFault.objects.filter(at__gte=timezone.now() - FAULTS_SHOWN)
    return recent.select_related("edition__guide").defer("edition__content")


def files_missing() -> list[str]:
    """Files that live guides use but that are missing."""
    return storage.files_missing(_files_used())


def _files_used() -> Iterator[str]:
    practice = assessments.selectors.practice()
    looks: list[FieldFile] = [practice.logo, practice.photo]
    yield from (str(file.name) for file in looks if file)
    for edition in editions_live():
        if edition.upload:
            yield str(edition.upload.name)
        for exercise in guide_content(edition).exercises:
            for picture in exercise.pictures:
                yield from picture.files


def guides_unwell() -> dict[str, bool]:
    """Problems by health check name."""
    return {"guides": guide_faults().exists(), "files": bool(files_missing())}
