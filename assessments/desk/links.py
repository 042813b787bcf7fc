"""Registered admins and the URLs of their pages."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import reverse


def admins() -> Iterator["admin.ModelAdmin[Any]"]:
    """All registered admins, in the order of apps and models."""
    for model in apps.get_models():
        if admin.site.is_registered(model):
            yield admin.site.get_model_admin(model)


def practice_address() -> str:
    return reverse("admin:assessments_practice_changelist")


def address_of(row: models.Model, page: str = "change") -> str:
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[row.pk])
