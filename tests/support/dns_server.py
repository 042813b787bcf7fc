"""A real DNS server that knows a few TXT records."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


@contextmanager
def running_dns(texts: Mapping[str, list[str]]) -> Iterator[dns.resolver.Resolver]:
    """Yields a resolver that asks it. A name above one that it knows exists, without records."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(sock, texts))
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], sock.getsockname()[1]
        try:
            yield resolver
        finally:
            sock.sendto(b"", sock.getsockname())
            thread.join()


def _serve(sock: socket.socket, texts: Mapping[str, list[str]]) -> None:
    while True:
        data, client = sock.recvfrom(4096)
        if not data:
            return
        sock.sendto(_answer(dns.message.from_wire(data), texts).to_wire(), client)


def _answer(query: dns.message.Message, texts: Mapping[str, list[str]]) -> dns.message.Message:
    name = query.question[0].name.to_text(omit_final_dot=True)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    if records := texts.get(name):
        quoted = [f'"{record}"' for record in records]
        answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *quoted))
    elif not any(known.endswith(f".{name}") for known in texts):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
