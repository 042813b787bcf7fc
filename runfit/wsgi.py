"""The WSGI entrance: what runfit/rsgi.py serves, and any other server could."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")
application = get_wsgi_application()
