"""Builds the PDF for one result type and reports the time and size."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides.models import GuideEdition
from guides.pdf.papers import TYPST_PAPER
from guides.pdf.render import PlanMissingError, UnbuildableError
from guides.pdf.storage import guide_render
from guides.selectors import guide_content


class Command(BaseCommand):
    help = "Builds the PDF of a live guide for one result type, bypassing stored PDFs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--profile", required=True, metavar="KEY", help="the result type")
        parser.add_argument("--paper", choices=sorted(TYPST_PAPER), default="a4")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")

    def handle(self, *args: Any, slug: str, profile: str, paper: Any, **options: Any) -> None:
        edition = GuideEdition.objects.filter(guide__slug=slug).order_by("-number").first()
        if edition is None:
            raise CommandError(f"There is no published guide “{slug}”.")
        start = time.perf_counter()
        try:
            rendered = guide_render(edition=edition, profile=profile, paper=paper)
        except PlanMissingError as error:
            keys = ", ".join(profile.key for profile in guide_content(edition).profiles)
            raise CommandError(f"No plan for “{profile}”. There are: {keys}.") from error
        except UnbuildableError as error:
            raise CommandError(f"It cannot be built: {error}") from error
        milliseconds = (time.perf_counter() - start) * 1000
        try:
            options["out"].write_bytes(rendered)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{milliseconds:.0f} ms, {len(rendered)} bytes")
