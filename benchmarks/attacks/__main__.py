"""Attack a RunFit of its own: `python -m benchmarks.attacks`, on SQLite, and with `--postgres` on
the PostgreSQL of TEST_DATABASE_URL. With `--nginx`, requests go through nginx, configured as
docs/proxies says.

Everything runs on the loopback, with client addresses as a proxy would pass them on.
"""

import argparse
import os
import sys
import tempfile
import uuid
from contextlib import ExitStack

import django

from tests.support import postgres
from tests.support.environment import forget_settings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--nginx", action="store_true")
    parser.add_argument("--addresses", type=int, default=500, help="of each kind, for the times")
    options = parser.parse_args()
    forget_settings()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="runfit-attacks-"))
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "runfit.settings",
            "SECRET_KEY": "only-for-attacks",
            "SITE_URL": "http://localhost",
            "TRUSTED_PROXIES": "2" if options.nginx else "1",
            "VAR_DIR": folder,
        }
        if options.postgres:
            name = f"runfit_attacks_{uuid.uuid4().hex[:8]}"
            os.environ["DATABASE_URL"] = stack.enter_context(postgres.database(name))
        django.setup()
        from benchmarks.attacks import floods, timing  # noqa: PLC0415 - models need the settings
        from benchmarks.attacks.site import prepare  # noqa: PLC0415

        prepare()
        timing.attack(options.addresses)
        floods.attack()
    return 0


if __name__ == "__main__":
    sys.exit(main())
