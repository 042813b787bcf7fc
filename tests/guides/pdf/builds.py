"""Watches the PDFs that are built, which are built all the same."""

from typing import Any

import pytest
from django.db import connection

from guides.pdf import build as pdf_build


def transactions_of_builds(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each PDF that is built to be proved: whether a transaction was open."""
    within: list[bool] = []

    def build(**of: Any) -> pdf_build.BuiltPdf:
        within.append(connection.in_atomic_block)
        return pdf_build.guide_build(**of)

    monkeypatch.setattr("guides.publishing.validation.guide_build", build)
    return within


def guides_built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of each guide that is built to be sent: its paper."""
    papers: list[str] = []

    def build(**of: Any) -> pdf_build.BuiltPdf:
        papers.append(of["paper"])
        return pdf_build.guide_build(**of)

    monkeypatch.setattr("guides.pdf.storage.guide_build", build)
    return papers
