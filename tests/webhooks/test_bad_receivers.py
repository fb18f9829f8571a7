"""Receivers that misbehave, on real sockets: the delivery fails, and nothing else does."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import pytest

from shared.platform.http import CheckedHttp, Egress
from tests.unit.webhooks.world import URL
from tests.webhooks.receiver import Handler, Receiver


def hangs(request: Handler) -> None:
    request.receiver.over.wait(30)


def trickles(request: Handler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    while not request.receiver.over.wait(0.05):
        request.wfile.write(b"x")


def tells_headers_slowly(request: Handler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not request.receiver.over.wait(0.05):
        request.wfile.write(b"X-More: x\r\n")


def floods(request: Handler) -> None:
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    while not request.receiver.over.is_set():
        request.wfile.write(b"y" * 65_536)


def bombs(request: Handler) -> None:
    body = gzip.compress(b"z" * 50_000_000)
    request.answer(200, {"Content-Encoding": "gzip"}, body)


def cuts_off(request: Handler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")


def answers_nonsense(request: Handler) -> None:
    request.wfile.write(b"\x00\x01 nonsense\r\n\r\n")


def sent_to(world: Any, receiver: Receiver) -> Any:
    endpoint, _ = world.add(url=receiver.url)
    world.happens()
    (outcome,) = world.drain()
    return outcome, world.only(endpoint)


@pytest.mark.parametrize("answer", [hangs, trickles, tells_headers_slowly])
def test_one_that_is_slow_is_left_after_its_time(world, answer):
    with Receiver(answer) as receiver:
        outcome, found = sent_to(world, receiver)
    assert outcome == "again"
    assert found.log[0].error == "Timeout: no answer in 1 s"
    assert found.log[0].status_code is None


@pytest.mark.parametrize("answer", [floods, bombs])
def test_of_a_large_answer_the_beginning_is_read(world, answer):
    with Receiver(answer) as receiver:
        outcome, found = sent_to(world, receiver)
    assert outcome == "delivered"
    assert len(str(found.log[0].excerpt)) == 1_000


@pytest.mark.parametrize("answer", [cuts_off, answers_nonsense])
def test_one_that_breaks_off_is_tried_again(world, answer):
    with Receiver(answer) as receiver:
        outcome, found = sent_to(world, receiver)
    assert outcome == "again"
    assert found.log[0].error


def test_a_redirect_is_not_followed(world):
    with Receiver(200) as other:
        with Receiver(lambda r: r.answer(307, {"Location": other.url})) as receiver:
            outcome, found = sent_to(world, receiver)
        assert not other.seen
    assert (outcome, found.log[0].status_code) == ("again", 307)


def test_a_name_that_becomes_private_after_registration_is_not_connected_to(world):
    with Receiver(200) as receiver:
        port = receiver.url.split(":")[2]

        async def rebound(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        http = CheckedHttp(Egress(), rebound)
        world.sender = replace(world.sender, http=http)
        endpoint, _ = world.add(url=URL.replace("https:", "http:").replace("/hooks", f":{port}"))
        world.happens()
        assert world.drain() == ["again"]
        assert not receiver.seen
    assert "not a public address" in str(world.only(endpoint).log[0].error)


def test_a_server_that_is_away(world):
    with Receiver(200) as receiver:
        pass
    outcome, found = sent_to(world, receiver)
    assert outcome == "again"
    assert "ConnectError" in str(found.log[0].error)


def test_429_with_retry_after_then_200(world):
    with Receiver(lambda r: r.answer(429, {"Retry-After": "60"}), 200) as receiver:
        endpoint, _ = world.add(url=receiver.url)
        world.happens()
        assert world.drain() == ["again"]
        world.until_due(world.only(endpoint))
        assert world.drain() == ["delivered"]
        assert world.only(endpoint).attempts == 2
