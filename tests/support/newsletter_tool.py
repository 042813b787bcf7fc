"""A fake newsletter tool: a real HTTP server that records requests and returns set statuses."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Tool:
    """`answers` are the statuses for the next requests, then 200. `dribble` sends the response byte
    by byte, with this many seconds in between."""

    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    dribble: float = 0.0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?list=7"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]


@contextmanager
def running_tool() -> Iterator[Tool]:
    tool = Tool()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            tool.heard.append(({**self.headers, "path": self.path}, body))
            if tool.dribble:
                self.dribbled()
                return
            status = tool.answers.pop(0) if tool.answers else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def dribbled(self) -> None:
            try:
                for _ in range(200):
                    self.wfile.write(b"H")
                    time.sleep(tool.dribble)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - its name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    tool.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield tool
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
