"""A fake mail service: a real HTTP server that records requests and returns set responses."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class MailService:
    """`answers` are returned in turn, the last one repeatedly: a status and a body."""

    answers: list[tuple[int, Any]]
    posts: list[Post] = field(default_factory=list)
    connections: int = 0
    hang: float = 0.0
    trickle: float = 0.0
    closes: bool = False
    url: str = ""

    def answer(self) -> tuple[int, bytes]:
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return status, body.encode() if isinstance(body, str) else json.dumps(body).encode()


@contextmanager
def running_service(status: int, body: Any) -> Iterator[MailService]:
    service = MailService(answers=[(status, body)])
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            service.connections += 1
            super().setup()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode(errors="replace")  # pictures in a form
            service.posts.append(Post(self.path, dict(self.headers), body))
            over.wait(service.hang)
            status, answer = service.answer()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            if service.closes:
                self.send_header("Connection", "close")
            self.end_headers()
            with suppress(OSError):
                for byte in answer:
                    self.wfile.write(bytes([byte]))
                    if service.trickle and over.wait(service.trickle):
                        break

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
