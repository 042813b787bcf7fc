"""RunFit's web server with short timeouts, and an application that echoes the request."""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runfit.server import cli, responses, sockets
from runfit.server.request_bodies import Limits
from runfit.server.wsgi_bridge import WsgiBridge

PIECE = b"x" * 100_000
PIECES = 200


def wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise RuntimeError("as asked")
    if path == "/slow":
        time.sleep(0.5)
    if path == "/file":
        size = str(Path(environ["QUERY_STRING"]).stat().st_size)
        start_response("200 OK", [("Content-Length", size)])
        return environ["wsgi.file_wrapper"](Path(environ["QUERY_STRING"]).open("rb"))
    start_response("200 OK", [("Content-Type", "application/json")])
    if path == "/stream":
        return (PIECE for _ in range(PIECES))
    if path == "/whole":
        return [PIECE * PIECES]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    echoed = {name: value for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps({**echoed, "body": len(body)}).encode()]


application = WsgiBridge(
    wsgi,
    limits=Limits(
        grace=0.5, least_rate=100_000, most=100_000, most_uploaded=1_000_000, in_memory=50_000
    ),
)

if __name__ == "__main__":
    cli.HEADERS_MS, sockets.UNREAD_MS, responses.STALL = 1000, 1000, 1.0
    port, workers = map(int, sys.argv[1:])
    cli.server("tests.runfit.server.serving:application", "127.0.0.1", port, workers).serve()
