"""The WSGI entrance: what runfit/rsgi.py serves, and any other server could."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")
django.setup(set_prefix=False)

from runfit.guard import GuardedHandler  # noqa: E402

application = GuardedHandler()
