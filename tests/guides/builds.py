"""Watches the PDFs that are built, which are built all the same."""

from typing import Any

import pytest
from django.db import connection

from guides.services import building


def transactions_of_builds(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each PDF that is built to be proved: whether a transaction was open."""
    within: list[bool] = []

    def build(**of: Any) -> building.Built:
        within.append(connection.in_atomic_block)
        return building.guide_build(**of)

    monkeypatch.setattr("guides.services.proving.guide_build", build)
    return within
