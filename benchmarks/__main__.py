"""What bin/bench starts: Django on the database of this run, then the suite."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from benchmarks import suite  # noqa: E402 - models need the settings

sys.exit(suite.main())
