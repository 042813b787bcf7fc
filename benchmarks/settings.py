"""The real settings with a temporary database, ports and files.

They're set in the environment, so that all processes of the run share them.
"""

import os
import tempfile
import uuid

from tests.support import postgres
from tests.support.environment import forget_settings
from tests.support.ports import free_port

forget_settings()

FOLDER = tempfile.mkdtemp(prefix="runfit-bench-")
DATABASE_NAME = f"runfit_bench_{uuid.uuid4().hex[:8]}"
REDIS_PORT, SMTP_PORT = free_port(), free_port()

os.environ.update(
    SECRET_KEY="only-for-benchmarks",
    SITE_URL="http://localhost",
    VAR_DIR=f"{FOLDER}/var",
    DATABASE_URL=postgres.address(DATABASE_NAME),
    REDIS_URL=f"redis://127.0.0.1:{REDIS_PORT}/0",
    EMAIL_URL=f"smtp://127.0.0.1:{SMTP_PORT}",
    ANSWER_LIMIT_NETWORK_HOUR="1000000000",
    GUIDE_LIMIT_HOUR="1000000000",
    GUIDE_LIMIT_NETWORK_HOUR="1000000000",
    TRUSTED_PROXIES="1",
)

from runfit.settings import *  # noqa: E402,F403
