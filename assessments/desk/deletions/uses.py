"""What still uses rows that can't be deleted, named by the pages where it can be changed."""

from collections.abc import Iterable

from django.contrib import admin
from django.db import models
from django.utils.html import format_html
from django.utils.text import capfirst

from assessments.desk.deletions.rows import held_by
from assessments.desk.links import address_of


def uses(rows: Iterable[models.Model]) -> list[str]:
    """A link to each page."""
    pages = {page_of(use): edited_on(use) for row in rows for use in held_by(row)}
    return [
        format_html('{} <a href="{}">{}</a>', capfirst(user._meta.verbose_name), address, user)
        for address, user in pages.items()
    ]


def page_of(row: models.Model) -> str:
    """The page where a row is edited: its own, or its parent's."""
    return address_of(edited_on(row))


def edited_on(row: models.Model) -> models.Model:
    """The row on whose page a row is edited: itself, or its parent."""
    if admin.site.is_registered(type(row)):
        return row
    parents = (
        getattr(row, field.name)
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    )
    return edited_on(next(parent for parent in parents if parent is not None))
