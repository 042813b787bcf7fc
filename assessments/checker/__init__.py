"""Proves a definition before it is published: what can be answered, and where that leads."""

from assessments.checker.checks import check
from assessments.checker.findings import Finding

__all__ = ["Finding", "check"]
