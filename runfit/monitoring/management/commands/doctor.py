import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from runfit.monitoring.doctor import Finding, Verdict, examine

MARKS = {Verdict.GOOD: "ok  ", Verdict.NOTE: "note", Verdict.BAD: "FIX "}


class Command(BaseCommand):
    help = "Tries every part of the site, and says how to fix it. Exits with 1 if something fails."
    requires_system_checks: list[str] = []  # told among the findings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="only what isn't good")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        for finding in findings:
            if finding.verdict != Verdict.GOOD or not options["quiet"]:
                self._tell(finding)
        if any(finding.verdict == Verdict.BAD for finding in findings):
            sys.exit(1)

    def _tell(self, finding: Finding) -> None:
        self.stdout.write(f"{MARKS[finding.verdict]}  {finding.part}: {finding.text}")
        if finding.fix:
            self.stdout.write(f"      {finding.fix}")
