"""SMTP servers that accept and discard all mail."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.support.ports import listens
from tests.support.processes import ROOT, Process, wait_for

UNPACKED = ROOT / "var" / "bench" / "postfix"
PROGRAM = UNPACKED / "usr" / "sbin" / "smtp-sink"
LIBRARIES = UNPACKED / "usr" / "lib" / "postfix"
COUNTED = re.compile(rb"mesg=(\d+)")
LONGEST_LINE = 100
DELAY = 0.15


def unpack() -> bool:
    """Extract Debian's smtp-sink from its package without installing a mail server. Returns whether
    it worked."""
    if not PROGRAM.exists() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        UNPACKED.mkdir(parents=True, exist_ok=True)
        with suppress(subprocess.CalledProcessError, StopIteration):
            quietly("apt-get", "download", "postfix")
            quietly("dpkg-deb", "--extract", str(next(UNPACKED.glob("postfix_*.deb"))), ".")
    return PROGRAM.exists()


def quietly(*command: str) -> None:
    subprocess.run(command, cwd=UNPACKED, capture_output=True, check=True)


class Sink:
    """smtp-sink, or with `slow` our own server that waits 150 ms per mail."""

    def __init__(self, port: int, folder: Path, *, slow: bool = False) -> None:
        self.log = folder / f"sink-{port}.log"
        path = {"LD_LIBRARY_PATH": str(LIBRARIES)}
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        quick = [PROGRAM, *user, "-c", f"127.0.0.1:{port}", "1000"]
        command = [sys.executable, "-m", "benchmarks.mail_sinks", str(port)] if slow else quick
        self.process = Process(command, self.log, environ={} if slow else path)
        wait_for(lambda: listens(port), "the mail server")

    def mails(self) -> int:
        """The number of mails accepted so far."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - LONGEST_LINE))
            counted = COUNTED.findall(log.read())
        return int(counted[-1]) if counted else 0


class Slow(asyncio.Protocol):
    """A minimal SMTP server that waits before accepting each mail."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.held = b""
        self.in_mail = False
        transport.write(b"220 slow\r\n")

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (found := self.held.find(b"\r\n.\r\n" if self.in_mail else b"\r\n")) >= 0:
            if self.in_mail:
                self.held, self.in_mail = self.held[found + 5 :], False
                asyncio.get_running_loop().call_later(DELAY, self.take)
            else:
                verb, self.held = self.held[:4].upper(), self.held[found + 2 :]
                self.in_mail = verb == b"DATA"
                self.transport.write(b"354 go on\r\n" if self.in_mail else b"250 yes\r\n")

    def take(self) -> None:
        Slow.taken += 1
        sys.stdout.write(f"mesg={Slow.taken}\n")
        sys.stdout.flush()
        self.transport.write(b"250 taken\r\n")


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Slow, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
