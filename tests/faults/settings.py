"""The real settings with a temporary database, ports and files.

They're set in the environment, so that web, worker and beat share them.
"""

import os
import tempfile
import uuid

import dj_database_url

from tests.faults import machine
from tests.support import postgres
from tests.support.environment import forget_settings
from tests.support.ports import free_port

forget_settings()

FOLDER = tempfile.mkdtemp(prefix="runfit-faults-")
DATABASE_NAME = f"runfit_faults_{uuid.uuid4().hex[:8]}"
WEB_PORT, REDIS_PORT, SMTP_PORT, CLUSTER_PORT = (free_port() for _ in range(4))
ABSENT = machine.absent()

os.environ.update(
    SECRET_KEY="only-for-faults",
    SITE_URL=f"http://localhost:{WEB_PORT}",
    VAR_DIR=f"{FOLDER}/var",
    EMAIL_URL=f"smtp://runfit:secret@127.0.0.1:{SMTP_PORT}",
    ANSWER_LIMIT_NETWORK_HOUR="1000000",
    GUIDE_LIMIT_HOUR="1000000",
    GUIDE_LIMIT_NETWORK_HOUR="1000000",
)
if not {"postgres", "redis"} & ABSENT.keys():
    os.environ["DATABASE_URL"] = postgres.address(DATABASE_NAME)
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{REDIS_PORT}/0"

from runfit.settings import *  # noqa: E402,F403

# A separate cluster that a fault may restart.
CLUSTER_URL = f"postgres://runfit@127.0.0.1:{CLUSTER_PORT}/postgres"
DATABASES["cluster"] = dj_database_url.parse(CLUSTER_URL)  # noqa: F405
