"""What still uses rows that can't be deleted, named by the pages where it can be changed."""

from collections.abc import Iterable

from django.contrib import admin
from django.db import models
from django.utils.html import format_html
from django.utils.text import capfirst

from assessments.desk.deletions.rows import held_by
from assessments.desk.links import address_of


def uses(rows: Iterable[models.Model]) -> list[str]:
    """A link to each page. Behind it is what that page's row belongs to, such as the plan of some
    weeks, unless the row that can't be deleted belongs to the same."""
    pages = {page_of(use): (edited_on(use), row) for row in rows for use in held_by(row)}
    return [_link(address, user, row) for address, (user, row) in pages.items()]


def _link(address: str, user: models.Model, row: models.Model) -> str:
    name = capfirst(user._meta.verbose_name)
    link = format_html('{} <a href="{}">{}</a>', name, address, user)
    own = _parents(row)
    others = [parent for parent in _parents(user) if parent not in own]
    return format_html("{} · {}", link, others[0]) if others else link


def page_of(row: models.Model) -> str:
    """The page where a row is edited: its own, or its parent's."""
    return address_of(edited_on(row))


def edited_on(row: models.Model) -> models.Model:
    """The row on whose page a row is edited: itself, or its parent."""
    return row if admin.site.is_registered(type(row)) else edited_on(_parents(row)[0])


def _parents(row: models.Model) -> list[models.Model]:
    """What a row is deleted with."""
    parents = (
        getattr(row, field.name)
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    )
    return [parent for parent in parents if parent is not None]
