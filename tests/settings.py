"""The real settings with isolated files and a fast password hasher.

Of the caller's environment, only DATABASE_URL is used, and only if it is the test server.
"""

import os
import tempfile

from tests.support.environment import forget_settings

database = os.environ.get("DATABASE_URL", "")
forget_settings()
if database and database == os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = database
os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["SITE_URL"] = "http://testserver"
os.environ["SECOND_FACTOR"] = "false"
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="runfit-test-")

from runfit.settings import *  # noqa: E402,F403

STATIC_ROOT.mkdir()  # noqa: F405 - WhiteNoise warns if it is missing

STORAGES = {
    "default": {"BACKEND": "runfit.lib.storage.folder.Folder"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if EMBEDDED:  # noqa: F405
    # A file, as in production: in-memory databases have no WAL and no second connection.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # noqa: F405
    # Tests needn't survive a power loss.
    unsynced = DATABASES["default"]["OPTIONS"]["init_command"].replace("=FULL", "=OFF")  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] = unsynced  # noqa: F405
else:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SIGHTS_WRITTEN_EVERY = 0  # tests flush explicitly; a thread would write between them
