"""Checks a definition before publishing: simulates all possible answers and their results."""

from assessments.checker.cases import case_failures
from assessments.checker.checks import check
from assessments.checker.examples import answers_to, answers_with_advice
from assessments.checker.findings import Finding

__all__ = ["Finding", "answers_to", "answers_with_advice", "case_failures", "check"]
