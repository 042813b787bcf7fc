"""The WSGI entry point: runfit/rsgi.py serves it, and any WSGI server can."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")
django.setup(set_prefix=False)

from runfit.guard import GuardedHandler  # noqa: E402

application = GuardedHandler()
