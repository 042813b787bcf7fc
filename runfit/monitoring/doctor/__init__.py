"""Tries every part of a running site, and says what's good or how to mend it."""

from runfit.monitoring.doctor.examination import examine
from runfit.monitoring.doctor.findings import Finding, Verdict

__all__ = ["Finding", "Verdict", "examine"]
