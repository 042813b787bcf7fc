"""Records PDF builds without changing them."""

from typing import Any

import pytest
from django.db import connection

from guides.pdf import build as pdf_build


def transactions_of_builds(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Records, for every PDF built during validation, whether a transaction was open."""
    in_transaction: list[bool] = []

    def build(**options: Any) -> pdf_build.BuiltPdf:
        in_transaction.append(connection.in_atomic_block)
        return pdf_build.guide_build(**options)

    monkeypatch.setattr("guides.publishing.validation.guide_build", build)
    return in_transaction


def builds_checked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Records the result types and paper sizes of PDFs built during validation."""
    built: list[tuple[str, str]] = []

    def build(**options: Any) -> pdf_build.BuiltPdf:
        built.append((options["profile"], options["paper"]))
        return pdf_build.guide_build(**options)

    monkeypatch.setattr("guides.publishing.validation.guide_build", build)
    return built


def guides_built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records the paper sizes of PDFs built to be sent."""
    papers: list[str] = []

    def build(**options: Any) -> pdf_build.BuiltPdf:
        papers.append(options["paper"])
        return pdf_build.guide_build(**options)

    monkeypatch.setattr("guides.pdf.storage.guide_build", build)
    return papers
