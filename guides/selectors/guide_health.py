"""Whether what runners get is there: files that live guides name, and guides that had faults."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db.models import Max, QuerySet
from django.utils import timezone

import assessments.selectors
from guides.models import GuideEdition, GuideFault
from guides.selectors.content import guide_content
from runfit.lib.caching import cached

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

FAULTS_SHOWN = timedelta(days=1)
"""Whoever asks for a guide that is still at fault notes it anew."""


def editions_live() -> list[GuideEdition]:
    """The newest of each guide. Do not change them: requests share them."""
    return cached("live guide editions", _editions_live)


def _editions_live() -> list[GuideEdition]:
    newest = GuideEdition.objects.values("guide").annotate(newest=Max("pk")).values("newest")
    live = GuideEdition.objects.filter(pk__in=newest)
    return list(live.select_related("guide").defer("content").order_by("pk"))


def guide_faults() -> QuerySet[GuideFault]:
    """What runners met in the last day."""
    recent = GuideFault.objects.filter(at__gte=timezone.now() - FAULTS_SHOWN)
    return recent.select_related("edition__guide").defer("edition__content")


def files_missing() -> list[str]:
    """Files that runners should see now, and that are not on this host."""
    return [name for name in dict.fromkeys(_files_named()) if not _is_there(name)]


def _files_named() -> Iterator[str]:
    practice = assessments.selectors.practice()
    looks: list[FieldFile] = [practice.logo, practice.photo]
    yield from (str(file.name) for file in looks if file)
    for edition in editions_live():
        if edition.upload:
            yield str(edition.upload.name)
        for exercise in guide_content(edition).exercises:
            if exercise.picture:
                yield exercise.picture.file


def _is_there(name: str) -> bool:
    try:
        return default_storage.size(name) > 0
    except OSError:
        return False


def guides_unwell() -> dict[str, bool]:
    """By what a monitor is told of."""
    return {"guides": guide_faults().exists(), "files": bool(files_missing())}
