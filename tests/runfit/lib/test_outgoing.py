"""Real connections over the loopback; only the answers of the name server are made up."""

import socket
import ssl
import threading
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import trustme

from runfit.lib import outgoing
from tests.support.newsletter_tool import running_tool

NAMES = {
    "crm.example": ["127.0.0.1"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "wrong.example": ["127.0.0.1"],
    "second.example": ["::1", "127.0.0.1"],
}


@pytest.fixture
def lookups(monkeypatch) -> list[str]:
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in NAMES:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def status_of(url: str) -> int:
    parts = urlsplit(url)
    with closing(outgoing.connection(parts, timeout=2)) as connection:
        connection.request("POST", parts.path, b"{}")
        return connection.getresponse().status


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0",
        "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1",
        "192.0.0.192", "192.88.99.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1",
        "fec0::1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_addresses_within_networks_are_not_public(address):
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_addresses_on_the_internet_are_public(address):
    assert outgoing.is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "crm.example", "mixed.example", "0x7f.1"])
def test_private_hosts_are_refused_before_a_connection(settings, lookups, host):
    settings.OUTGOING_PRIVATE_HOSTS = []
    with running_tool() as tool:
        with pytest.raises(outgoing.PrivateAddressError):
            status_of(f"http://{host}:{tool.port}/hook")

        assert tool.heard == []


def test_listed_host_is_looked_up_once_and_reached(settings, lookups):
    settings.OUTGOING_PRIVATE_HOSTS = ["crm.example"]
    with running_tool() as tool:
        assert status_of(f"http://CRM.example:{tool.port}/hook") == 200

        assert tool.heard[0][0]["Host"] == f"crm.example:{tool.port}"
    assert lookups == ["crm.example"]


def test_the_next_address_is_tried(settings, lookups):
    settings.OUTGOING_PRIVATE_HOSTS = ["second.example"]
    with running_tool() as tool:
        assert status_of(f"http://second.example:{tool.port}/hook") == 200


@pytest.fixture
def tls_port(tmp_path, monkeypatch):
    """A TLS server with a trusted certificate of crm.example that answers 204."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("crm.example").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as secure:
                while not secure.recv(65536).endswith(b"{}"):
                    pass
                secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except ssl.SSLError:
            plain.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield listener.getsockname()[1]
    thread.join()
    listener.close()


def test_certificate_of_the_host_is_accepted(settings, lookups, tls_port):
    settings.OUTGOING_PRIVATE_HOSTS = ["crm.example"]

    assert status_of(f"https://crm.example:{tls_port}/hook") == 204


def test_certificate_of_another_host_is_refused(settings, lookups, tls_port):
    settings.OUTGOING_PRIVATE_HOSTS = ["wrong.example"]

    with pytest.raises(ssl.SSLCertVerificationError):
        status_of(f"https://wrong.example:{tls_port}/hook")
