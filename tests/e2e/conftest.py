"""Browser tests: Playwright keeps an event loop in the thread that also asks the database."""

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
