"""What strangers send in a passkey's place."""

import pytest

pytestmark = pytest.mark.django_db
BEGIN, COMPLETE = "/admin/account/passkeys/begin/", "/admin/account/passkeys/complete/"
JSON = "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"5", b"[]", b"\xff", b"{", b"", b"null", b'{"id": 5}', b'{"a":' * 9_000, b'{"id": "x", "rawId": "%"}',
        b'{"id": "x", "rawId": "eA", "response": [], "type": "public-key"}',
        b'{"id": "x", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": 5,'
        b' "authenticatorData": {}, "signature": null}}',
    ],
)  # fmt: skip
def test_nonsense_is_refused_without_an_error(client, body):
    client.post(BEGIN, b"{}", JSON)

    assert 400 <= client.post(COMPLETE, body, JSON).status_code < 500
    assert client.post(COMPLETE, {"id": "x"}).status_code == 400
