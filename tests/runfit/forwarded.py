"""RunFit's web server with an application that answers with the client's address, and whether it
came by HTTPS: `python -m tests.runfit.forwarded PORT`."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from runfit.lib.client_ip import client_address
from runfit.server import cli
from runfit.server.wsgi_bridge import WsgiBridge


def wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    request = WSGIRequest(environ)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps([client_address(request), request.headers["Host"]]).encode()]


if not settings.configured:
    settings.configure(TRUSTED_PROXIES=1)
application = WsgiBridge(wsgi)

if __name__ == "__main__":
    cli.server("tests.runfit.forwarded:application", "127.0.0.1", int(sys.argv[1]), 1).serve()
