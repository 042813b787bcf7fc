#!/usr/bin/env python
"""Django's command line for RunFit."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")
    except OperationalError as error:
        if connection.connection is not None:
            raise  # not about reaching it
        reason = str(error).strip().splitlines()[0]
        sys.exit(
            f"manage.py: The database can't be reached: {reason}. "
            "Start it, or correct DATABASE_URL."
        )
