"""A search of every table and file for what somebody left there."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Model


def models() -> list[type[Model]]:
    """All tables, those between two models and of other packages too."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def places_with(*traces: str) -> set[str]:
    """Tables and files that hold one of these texts."""
    return {
        place
        for place, text in (*_tables(), *_files())
        if any(trace.lower() in text.lower() for trace in traces)
    }


def _tables() -> Iterator[tuple[str, str]]:
    for model in models():
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*columns):
            yield model._meta.label, "\n".join(map(str, row))


def _files() -> Iterator[tuple[str, str]]:
    for folder in (Path(settings.MAIL_DIR), Path(settings.MEDIA_ROOT)):
        for path in folder.rglob("*"):
            if path.is_file():
                yield folder.name, f"{path.name}\n{path.read_bytes().decode('latin-1')}"
