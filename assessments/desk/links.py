"""Addresses of admin pages."""

from django.db import models
from django.urls import reverse


def address_of(row: models.Model, page: str = "change") -> str:
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[row.pk])
