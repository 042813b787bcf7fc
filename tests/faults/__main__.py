"""Entry point of bin/faults: sets up Django on this run's database, then runs the suite."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
django.setup()

from tests.faults import suite  # noqa: E402 - models need the settings

sys.exit(suite.main())
