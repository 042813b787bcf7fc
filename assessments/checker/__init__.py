"""Checks a definition before publishing: simulates all possible answers and their results."""

from assessments.checker.cases import case_failures
from assessments.checker.checks import check
from assessments.checker.examples import answers_to
from assessments.checker.findings import Finding

__all__ = ["Finding", "answers_to", "case_failures", "check"]
