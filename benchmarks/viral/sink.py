"""An SMTP server that accepts all mail and passes its links to waiting runners."""

import asyncio
import re
import time
from collections import defaultdict
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, Envelope, Session

LINK = re.compile(r"https?://\S+")


class Sink:
    """`taken` counts mails per address."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, asyncio.Future[tuple[float, list[str]]]] = {}

    def expect(self, address: str) -> asyncio.Future[tuple[float, list[str]]]:
        """A future for the links in the mail to this address."""
        return self._waiting.setdefault(address, asyncio.get_running_loop().create_future())

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        body = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",))
        links = LINK.findall(body.get_content() if body else "")
        for address in envelope.rcpt_tos:
            self.taken[address] += 1
            waits = self._waiting.pop(address, None)
            if waits and not waits.done():
                waits.set_result((time.monotonic(), links))
        return "250 taken"

    async def serve(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, hostname="sink", loop=loop), "127.0.0.1", port
        )
        await server.serve_forever()
