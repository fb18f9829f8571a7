"""Attempts on what reaches servers: by http-request, by a connection's test, by a token address.

`pytest --collect-only -q -k security` prints the attempts; docs/security.md says what comes of
each.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
import tracemalloc

import pytest

from shared.connections.errors import InvalidConnectionError
from shared.graph import FlowEngine
from shared.nodes import registry
from shared.nodes.ports import CONNECTIONS, HTTP
from shared.platform.http import (
    CheckedHttp,
    Egress,
    EgressRefusedError,
    HttpCall,
    HttpTooLargeError,
    HttpTransportError,
)
from tests.fakes.connections import ADMIN, ConnectionWorld
from tests.fakes.graphs import graph, node

INSIDE = [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001",
    "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fd00:ec2::254]",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fe80::1]", "[fd00::1]",
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "\u2460\u2461\u2466.0.0.1", "127\u30020.0.1",
]  # fmt: skip
MB = 1_000_000
OWN = {
    "kind": "oauth2", "grant": "client_credentials", "client_id": "me", "client_secret": "s3cret",
}  # fmt: skip


class Raw:
    """A server that sends what a function writes, and counts who came."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.came, self.requests = 0, b""
        self.write = lambda wire: None
        self.stop = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                wire, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(wire,), daemon=True).start()

    def answer(self, wire):
        self.came += 1
        with wire:
            wire.settimeout(10)
            try:
                self.requests += wire.recv(65_536)
                self.write(wire)
            except OSError:
                pass  # whoever asked has had enough

    def says(self, head, *parts):
        def write(wire):
            wire.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
            for part in parts:
                wire.sendall(part)

        self.write = write


@pytest.fixture
def raw():
    made = Raw()
    yield made
    made.stop.set()
    made.socket.close()


OURS = CheckedHttp(Egress(private=True))
PUBLIC = CheckedHttp(Egress())


def run(config, http=PUBLIC, data=None, **ports):
    async def main():
        async with FlowEngine(registry(), ports={HTTP: http, **ports}) as engine:
            flow = graph([node("it", "http-request", **config)])
            return await engine.run(flow, data or {})

    return asyncio.run(main())


@pytest.mark.parametrize("host", INSIDE)
def test_security_a_node_reaches_nothing_inside(raw, host):
    for url in (f"http://{host}:{raw.port}/", "{{ data.url }}"):
        done = run({"url": url, "fail_on": "transport"}, data={"url": f"http://{host}:{raw.port}/"})
        assert done.error is not None, url
        assert done.error.type in ("EgressRefused", "NameNotFound", "InvalidUrl"), done.error
    assert raw.came == 0


@pytest.mark.parametrize("host", [host for host in INSIDE if host.isascii()])
def test_security_a_connections_test_reaches_nothing_inside(raw, host):
    world = ConnectionWorld(PUBLIC, private=True)  # http:// is allowed, and still not inside
    there = f"{host}:{raw.port}"
    try:
        made = world.add({"kind": "bearer", "token": "t0ken"}, there, test_url=f"http://{there}/")
    except InvalidConnectionError as error:  # in a form that no address has
        assert error.field == "test_url"  # noqa: PT017
        return
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert not told.works
    assert told.status is None
    assert "not a public address" in told.message or "has no address" in told.message
    assert raw.came == 0


@pytest.mark.parametrize("host", ["169.254.169.254", "localhost", "[::ffff:127.0.0.1]"])
def test_security_a_token_address_inside_gets_no_secret(raw, host):
    world = ConnectionWorld(PUBLIC, private=True)
    settings = {**OWN, "token_url": f"http://{host}:{raw.port}/token"}
    made = world.add(settings, "api.example.com", test_url="https://api.example.com/")
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert "not a public address" in told.message
    assert raw.came == 0


def test_security_a_token_address_that_redirects_gets_no_further(raw):
    world = ConnectionWorld(OURS, private=True)
    other = Raw()

    def redirect(wire):
        where = f"http://127.0.0.1:{other.port}/"
        wire.sendall(f"HTTP/1.1 307 No\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode())

    raw.write = redirect
    settings = {**OWN, "token_url": f"http://127.0.0.1:{raw.port}/"}
    made = world.add(settings, "api.example.com", test_url="https://api.example.com/")
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert told.message == "the token server gave no token, with status 307"
    assert (raw.came, other.came) == (1, 0)
    other.socket.close()


def test_security_a_name_that_rebinds_between_two_calls(raw):
    """Each call checks the address that it connects to; a good one before helps nobody."""
    addresses = [["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "10.0.0.1"]]

    async def resolve(host, port):
        return addresses.pop(0)

    class LoopbackIsPublic(Egress):
        def check_address(self, host, address):
            if address != "127.0.0.1":
                super().check_address(host, address)

    raw.says("Content-Length: 0\r\nConnection: close")
    http = CheckedHttp(LoopbackIsPublic(), resolve)
    url = f"http://rebinding.example:{raw.port}/"
    assert asyncio.run(http.send(HttpCall("GET", url))).status == 200
    for _ in range(2):
        with pytest.raises(EgressRefusedError):
            asyncio.run(http.send(HttpCall("GET", url)))
    assert raw.came == 1


@pytest.mark.parametrize(
    "url",
    ["http://user:pw@example.com/", "http://user@example.com/", "http://:pw@example.com/",
     "http://example.com:80@127.0.0.1/", "http://127.0.0.1#@example.com/",
     "http://example.com\\@127.0.0.1/", "http:/\\127.0.0.1/", "http://[::1%25lo]/",
     "file:///etc/passwd", "gopher://127.0.0.1/", "dict://127.0.0.1:6379/", "http://", "//x/",
     "http://127.0.0.1\r\nHost: a/", "javascript:alert(1)", "http://localhost.:80/"],
)  # fmt: skip
def test_security_an_address_that_can_be_read_in_two_ways(url):
    done = run({"url": url, "fail_on": "transport"})
    assert done.error is not None
    assert done.error.type in ("EgressRefused", "NameNotFound", "InvalidUrl", "ConnectError",
                               "UnsupportedProtocol")  # fmt: skip
    assert "pw" not in done.error.message


@pytest.mark.parametrize(
    "more",
    [{"headers": {"X-A": "1\r\nX-B: 2"}}, {"headers": {"X-A\r\nX-B": "1"}},
     {"headers": {"X-A": "1\nX-B: 2"}}, {"headers": {"X-A:": "1"}}, {"headers": {"X A": "1"}},
     {"headers": {"X-A": "\x00"}}, {"headers": {"": "1"}}],
)  # fmt: skip
def test_security_a_header_smuggles_nothing(raw, more):
    raw.says("Content-Length: 0\r\nConnection: close")
    url = f"http://127.0.0.1:{raw.port}/"
    done = run({"url": url, "fail_on": "transport", **more}, OURS)
    assert done.error is not None
    assert b"X-B" not in raw.requests


def test_security_a_template_smuggles_no_header_or_request(raw):
    raw.says("Content-Length: 0\r\nConnection: close")
    evil = "1\r\nX-B: 2\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n"
    there = f"http://127.0.0.1:{raw.port}/"
    done = run({"url": there, "headers": {"X-A": "{{ data.v }}"}, "fail_on": "transport"}, OURS,
               {"v": evil})  # fmt: skip
    assert done.error is not None
    done = run({"url": f"{there}{{{{ data.v }}}}"}, OURS, {"v": evil})
    done = run({"url": there, "query_params": {"q": "{{ data.v }}"}}, OURS, {"v": evil})
    lines = raw.requests.split(b"\r\n")
    assert [line for line in lines if line.startswith((b"X-B", b"GET /admin"))] == []


def test_security_headers_that_are_ours_stay_ours(raw):
    raw.says("Content-Length: 0\r\nConnection: close")
    ours = {"Host": "evil.example", "Content-Length": "999", "Transfer-Encoding": "chunked",
            "Connection": "upgrade", "Accept-Encoding": "br"}  # fmt: skip
    run({"url": f"http://127.0.0.1:{raw.port}/", "headers": ours}, OURS)
    asked = raw.requests.decode().lower()
    assert f"host: 127.0.0.1:{raw.port}" in asked
    for word in ("evil.example", "999", "chunked", "upgrade", "br\r"):
        assert word not in asked


def test_security_ten_megabytes_are_left(raw):
    raw.says(f"Content-Length: {10 * MB}", *[b"x" * MB] * 10)
    done = run({"url": f"http://127.0.0.1:{raw.port}/"}, OURS)
    assert done.error.type == "HttpTooLarge"
    assert "2,000,000 bytes" in done.error.message


@pytest.mark.parametrize("way", ["chunked", "endless"])
def test_security_an_answer_without_an_end(raw, way):
    def write(wire):
        head = "Transfer-Encoding: chunked" if way == "chunked" else "Connection: close"
        wire.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        part = b"x" * 65_536
        while not raw.stop.is_set():
            wire.sendall(b"10000\r\n%b\r\n" % part if way == "chunked" else part)

    raw.write = write
    with pytest.raises(HttpTooLargeError):
        asyncio.run(OURS.send(HttpCall("GET", f"http://127.0.0.1:{raw.port}/", max_bytes=MB)))


@pytest.mark.parametrize("where", ["head", "body", "nothing"])
def test_security_a_slow_answer_is_left_in_time(raw, where):
    def write(wire):
        if where == "body":
            wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not raw.stop.wait(0.02):
            if where != "nothing":
                wire.sendall(b"H" if where == "head" else b"x")

    raw.write = write
    url = f"http://127.0.0.1:{raw.port}/"
    with pytest.raises(HttpTransportError) as caught:
        asyncio.run(OURS.send(HttpCall("GET", url, timeout=0.4)))
    # Bytes that are no head are no HTTP; that may be seen before the time is over.
    assert caught.value.error_type in ("Timeout", "RemoteProtocolError")


def test_security_redirects_share_one_time(raw):
    def write(wire):
        time.sleep(0.15)
        wire.sendall(b"HTTP/1.1 302 No\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    raw.write = write
    with pytest.raises(HttpTransportError) as caught:
        asyncio.run(OURS.send(HttpCall("GET", f"http://127.0.0.1:{raw.port}/", timeout=0.4)))
    assert caught.value.error_type == "Timeout"


def packed(times, size=200 * MB):
    text = gzip.compress(b"\x00" * size)
    for _ in range(times - 1):
        text = gzip.compress(text)
    return text


def test_security_a_bomb_of_gzip_never_stands_in_memory(raw):
    bomb = packed(1)
    raw.says(f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}", bomb)
    tracemalloc.start()
    with pytest.raises(HttpTooLargeError):
        asyncio.run(OURS.send(HttpCall("GET", f"http://127.0.0.1:{raw.port}/", max_bytes=MB)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20 * MB


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip", "gzip,gzip,gzip", "br", "zstd", "deflate", "compress", "x, gzip"]
)
def test_security_what_is_packed_in_another_way_is_refused(raw, encoding):
    bomb = packed(2, MB)
    raw.says(f"Content-Encoding: {encoding}\r\nContent-Length: {len(bomb)}", bomb)
    with pytest.raises(HttpTransportError, match="only gzip was offered") as caught:
        asyncio.run(OURS.send(HttpCall("GET", f"http://127.0.0.1:{raw.port}/")))
    assert caught.value.error_type == "DecodingError"


def test_gzip_of_several_members_and_what_is_none(raw):
    whole = gzip.compress(b"one ") + gzip.compress(b"two")
    raw.says(f"Content-Encoding: gzip\r\nContent-Length: {len(whole)}", whole[:9], whole[9:])
    answer = asyncio.run(OURS.send(HttpCall("GET", f"http://127.0.0.1:{raw.port}/")))
    assert answer.body == b"one two"
    raw.says("Content-Encoding: gzip\r\nContent-Length: 4", b"none")
    with pytest.raises(HttpTransportError, match="no gzip"):
        asyncio.run(OURS.send(HttpCall("GET", f"http://127.0.0.1:{raw.port}/")))


def test_security_an_item_cannot_name_a_port_of_the_run(raw):
    """What a template may ask for is written down; ports, connections and the environment are
    not."""
    world = ConnectionWorld(OURS, private=True)
    raw.says("Content-Length: 0\r\nConnection: close")
    for asking in ("{{ connections }}", "{{ env }}", "{{ ports }}", "{{ context }}"):
        config = {"url": f"http://127.0.0.1:{raw.port}/", "headers": {"X-Asked": f"<{asking}>"}}
        run(config, OURS, **{CONNECTIONS: world.port()})
    asked = [line for line in raw.requests.split(b"\r\n") if b"asked" in line.lower()]
    assert asked == [b"X-Asked: <>"] * 4
