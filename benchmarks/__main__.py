"""Entry point of bin/bench: sets up Django on this run's database, then runs the suite."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from benchmarks import suite  # noqa: E402 - models need the settings

sys.exit(suite.main())
