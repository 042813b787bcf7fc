"""Writes a content file to standard output."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.definition import DefinitionError
from guides.content import ContentError
from guides.publishing.services import content_export

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = 'Writes a self-check or a guide as a content file; all exercises for "exercises".'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        try:
            text = content_export(slug=slug)
        except LookupError as error:
            raise CommandError(f"There is no self-check and no guide “{slug}”.") from error
        except (ContentError, DefinitionError) as error:
            raise CommandError(f"“{slug}” is not complete:\n{error}") from error
        logger.info("Export by command: the words of “%s”.", slug)
        self.stdout.write(text, ending="")
