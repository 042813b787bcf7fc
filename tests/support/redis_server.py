"""A temporary Redis server."""

from pathlib import Path

import redis

from tests.support.ports import listens
from tests.support.processes import Process, wait_for


class Redis:
    """Without persistence: a kill loses all data."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.process: Process | None = None
        self.client = redis.Redis(port=port, socket_timeout=5)

    def start(self) -> None:
        command = [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", self.folder,
        ]  # fmt: skip
        self.process = Process(command, self.folder / "redis.log")
        wait_for(lambda: listens(self.port), "redis-server")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None

    def freeze(self) -> None:
        assert self.process
        self.process.freeze()

    def thaw(self) -> None:
        assert self.process
        self.process.thaw()

    def tell(self, command: str) -> None:
        self.client.execute_command(*command.split())

    def everything(self) -> str:
        """All its data, as text."""
        kept = []
        for key in self.client.scan_iter():
            kind = self.client.type(key)
            value = self.client.lrange(key, 0, -1) if kind == b"list" else self.client.dump(key)
            kept.append(f"{key!r} {value!r}")
        return "\n".join(kept)
