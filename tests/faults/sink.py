"""An SMTP server in a separate process, with adjustable faults.

`python -m tests.faults.sink PORT FOLDER` rereads FOLDER/dial.json at every step. It logs every
recipient to starts.jsonl, and every mail to mails.jsonl before it replies.
"""

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

FOR_EVER = 3600.0
DRIP_EVERY = 4.0


@dataclass(frozen=True)
class Dial:
    """`busy`: the share of recipients deferred with 451. `slow`: seconds of delay by recipient."""

    busy: float = 0.0
    refuse: dict[str, str] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    delay: float = 0.0
    hang: str = ""
    """greeting and data never reply (data after storing the mail); greeting-drip and drip (after
    RCPT) send an endless slow reply."""
    wrong_password: bool = False


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def dial(self) -> Dial:
        return Dial(**json.loads((self.folder / "dial.json").read_text()))

    def note(self, name: str, **values: object) -> None:
        with (self.folder / name).open("a") as file:
            file.write(json.dumps({"at": time.time(), **values}) + "\n")

    def may_sign_in(self, server: SMTP, *args: object) -> AuthResult:
        return AuthResult(success=not self.dial.wrong_password, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        dial = self.dial
        self.note("starts.jsonl", to=address)
        await asyncio.sleep(dial.slow.get(address, 0))
        while dial.hang == "drip":
            await server.push("250-still thinking")
            await asyncio.sleep(DRIP_EVERY)
        if address in dial.refuse:
            return dial.refuse[address]
        if random.random() < dial.busy:
            return "451 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        dial = self.dial
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        links = re.findall(r"https?://\S+", body.get_content() if body else "")
        self.note("mails.jsonl", to=str(message["To"]), id=str(message["Message-ID"]), links=links)
        await asyncio.sleep(FOR_EVER if dial.hang == "data" else dial.delay)
        return "250 taken"


class Server(SMTP):
    async def _handle_client(self) -> None:
        if self.event_handler.dial.hang == "greeting":
            await asyncio.sleep(FOR_EVER)
        while self.event_handler.dial.hang == "greeting-drip":
            await self.push("220-still waking up")
            await asyncio.sleep(DRIP_EVERY)
        await super()._handle_client()


async def serve(port: int, keeper: Keeper) -> None:
    def session() -> Server:
        return Server(
            keeper,
            hostname="sink",
            authenticator=keeper.may_sign_in,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port)
    await server.serve_forever()


def write_dial(folder: Path, dial: Dial) -> None:
    """Atomic, for concurrent readers."""
    draft = folder / "dial.part"
    draft.write_text(json.dumps(asdict(dial)))
    draft.rename(folder / "dial.json")


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Keeper(Path(sys.argv[2]))))
