"""Which addresses a tenant's base URL may lead to, and that the checked one is connected to."""

from __future__ import annotations

import httpx2
import pytest

from shared.llm.confined import ConfinedTransport, is_public
from shared.llm.errors import PrivateAddressError

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1",
    "2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1", "nonsense",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public(address):
    assert is_public(address)


class Onward(httpx2.BaseTransport):
    def __init__(self) -> None:
        self.seen: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        return httpx2.Response(200)


def test_the_checked_address_is_connected_to_under_its_own_name():
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])
    onward = Onward()
    transport = ConfinedTransport("own", onward, lambda host, port: next(answers))
    client = httpx2.Client(transport=transport)
    client.get("https://models.example/v1")
    (request,) = onward.seen
    assert request.url.host == "1.1.1.1"
    assert request.headers["host"] == "models.example"
    assert request.extensions["sni_hostname"] == "models.example"
    with pytest.raises(PrivateAddressError):  # it leads elsewhere now
        client.get("https://models.example/v1")
    assert len(onward.seen) == 1


def test_one_private_address_among_others_is_enough_to_refuse():
    transport = ConfinedTransport("own", Onward(), lambda host, port: ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(PrivateAddressError):
        httpx2.Client(transport=transport).get("https://models.example/v1")


def test_a_name_that_is_not_known_cannot_be_connected_to():
    def unknown(host, port):
        raise OSError(host)

    with pytest.raises(httpx2.ConnectError):
        httpx2.Client(transport=ConfinedTransport("own", Onward(), unknown)).get(
            "https://x.example"
        )
