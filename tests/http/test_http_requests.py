"""Requests of nodes, against real servers on this machine, and where they must not go."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from shared.graph import FlowEngine
from shared.nodes import registry
from shared.nodes.ports import HTTP
from shared.platform.http import (
    CheckedHttp,
    Egress,
    EgressRefusedError,
    HttpCall,
    HttpTooLargeError,
    HttpTransportError,
)
from shared.platform.http.egress import is_public
from tests.fakes.graphs import graph, node

ASKED: list[tuple[str, dict]] = []


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        ASKED.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        kind, _, rest = self.path[1:].partition("/")
        getattr(self, kind)(rest)

    do_POST = do_GET  # noqa: N815

    def echo(self, _):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode()
        told = {"method": self.command, "body": body, "kind": self.headers.get("content-type")}
        self.answer(200, json.dumps(told).encode(), ("Content-Type", "application/json"))

    def status(self, code):
        self.answer(int(code), b"no")

    def to(self, where):
        self.answer(302, b"", ("Location", where.replace("~", "/")))

    def again(self, _):
        self.answer(302, b"", ("Location", "/again/"))

    def large(self, size):
        self.answer(200, b"x" * int(size))

    def bomb(self, size):
        self.answer(200, gzip.compress(b"x" * int(size)), ("Content-Encoding", "gzip"))

    def bytes(self, _):
        self.answer(200, b"\xff\xfe\x00")

    def slow(self, _):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"a")
        self.wfile.flush()
        STOP.wait(20)

    def broken(self, _):
        self.wfile.write(b"this is no HTTP\r\n\r\n")

    def answer(self, code, body, *headers):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # whoever asked may have had enough
            self.wfile.write(body)

    def log_message(self, *_):
        pass


STOP = threading.Event()


@pytest.fixture(scope="module")
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    STOP.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _forget():
    ASKED.clear()


HERE = Egress(private=True)


def send(url, egress=HERE, resolve=None, **call):
    client = CheckedHttp(egress, resolve) if resolve else CheckedHttp(egress)
    return asyncio.run(client.send(HttpCall(call.pop("method", "GET"), url, **call)))


def names(**addresses):
    """A resolver that answers each time with the next of the addresses of a name."""
    left = {name: list(found) for name, found in addresses.items()}

    async def resolve(host, port):
        found = left[host.partition(".")[0]]
        return found.pop(0) if len(found) > 1 else found[0]

    return resolve


def test_an_answer_is_read(port):
    body = b'{"a":1}'
    answer = send(f"http://127.0.0.1:{port}/echo/", method="POST", body=body)
    assert answer.status == 200
    assert json.loads(answer.body)["body"] == '{"a":1}'
    assert answer.duration_ms >= 0


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1", "017700000001",
     "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1",
     "100.64.0.1", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"],
)  # fmt: skip
def test_security_no_private_address_in_whatever_form(port, host):
    with pytest.raises((EgressRefusedError, HttpTransportError)) as caught:
        send(f"http://{host}:{port}/echo/", Egress())
    assert not ASKED
    if not isinstance(caught.value, EgressRefusedError):  # some systems read no such form
        assert caught.value.error_type in ("NameNotFound", "InvalidUrl")


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("224.0.0.1", False), ("240.0.0.1", False),
     ("255.255.255.255", False), ("0.0.0.0", False), ("::", False), ("::ffff:8.8.8.8", True),
     ("::ffff:10.0.0.1", False), ("64:ff9b::808:808", True), ("fec0::1", False),
     ("2001:0:7f00:1::", False), ("192.0.2.1", False), ("198.18.0.1", False)],
)  # fmt: skip
def test_what_is_public(address, public):
    assert is_public(ip_address(address)) is public


def test_security_a_name_that_stands_for_a_private_address_beside_a_public_one(port):
    resolve = names(mixed=[["8.8.8.8", "127.0.0.1"]])
    with pytest.raises(EgressRefusedError, match=r"127\.0\.0\.1"):
        send(f"http://mixed.example:{port}/echo/", Egress(), resolve)
    assert not ASKED


def test_security_a_name_is_resolved_once_so_that_it_cannot_change_in_between(port):
    counted = []

    async def resolve(host, number):
        counted.append(host)
        return ["127.0.0.1"] if len(counted) == 1 else ["10.9.9.9"]

    answer = send(f"http://rebinding.example:{port}/echo/", resolve=resolve)
    assert answer.status == 200
    assert counted == ["rebinding.example"]


class PublicHere(Egress):
    """Takes this machine's loopback for public, and everything else as it is."""

    def check_address(self, host, address):
        if address != "127.0.0.1":
            super().check_address(host, address)


@pytest.mark.parametrize(
    "target",
    ["http://inner.example/", "http://169.254.169.254/latest/", "file:///etc/passwd",
     "ftp://outer.example/", "http://user:secret@outer.example/", "http://[::1]/"],
)  # fmt: skip
def test_security_every_redirect_is_checked_again(port, target):
    resolve = names(outer=[["127.0.0.1"]], inner=[["10.0.0.5"]])

    async def any_name(host, number):
        return [host] if host[0].isdigit() or ":" in host else await resolve(host, number)

    with pytest.raises((EgressRefusedError, HttpTransportError)):
        send(f"http://outer.example:{port}/to/{target.replace('/', '~')}", PublicHere(), any_name)
    assert len(ASKED) == 1


def test_security_a_redirect_to_a_name_that_rebinds_is_checked_when_it_is_connected_to(port):
    resolve = names(outer=[["127.0.0.1"], ["192.168.0.7"]])
    with pytest.raises(EgressRefusedError):
        send(f"http://outer.example:{port}/to/~echo~", PublicHere(), resolve)
    assert len(ASKED) == 1


def test_security_another_origin_learns_no_secret_of_the_first(port):
    resolve = names(one=[["127.0.0.1"]], two=[["127.0.0.1"]])
    secrets = {"Authorization": "Bearer s", "X-Api-Key": "s", "Cookie": "s", "Accept": "a/b"}
    send(f"http://one.example:{port}/to/http:~~two.example:{port}~echo~", PublicHere(), resolve,
         headers=secrets)  # fmt: skip
    first, second = (headers for _, headers in ASKED)
    assert {"authorization", "x-api-key", "cookie"} <= first.keys()
    assert not {"authorization", "x-api-key", "cookie"} & second.keys()
    assert second["accept"] == "a/b"


def test_security_redirects_are_bounded(port):
    with pytest.raises(HttpTransportError, match="more than 3 redirects"):
        send(f"http://127.0.0.1:{port}/again/", redirects=3)
    assert len(ASKED) == 4
    assert send(f"http://127.0.0.1:{port}/to/~echo~", redirects=0).status == 302


@pytest.mark.parametrize(
    ("hosts", "host", "allowed"),
    [(("api.example",), "api.example", True), (("api.example",), "API.example.", True),
     (("api.example",), "xapi.example", False), (("*.example",), "a.b.example", True),
     (("*.example",), "example", False), ((), "any.example", True)],
)  # fmt: skip
def test_the_list_of_servers(hosts, host, allowed):
    egress = Egress(hosts)
    if allowed:
        egress.check_host("https", host)
    else:
        with pytest.raises(EgressRefusedError, match="not among"):
            egress.check_host("https", host)


@pytest.mark.parametrize("way", ["large", "bomb"])
def test_security_an_answer_that_is_too_large_is_left(port, way):
    with pytest.raises(HttpTooLargeError, match="more than 1,000 bytes"):
        send(f"http://127.0.0.1:{port}/{way}/5000000", max_bytes=1000)


def test_a_server_that_never_ends_its_answer(port):
    with pytest.raises(HttpTransportError) as caught:
        send(f"http://127.0.0.1:{port}/slow/", timeout=0.3)
    assert caught.value.error_type == "Timeout"


@pytest.mark.parametrize(
    ("path", "kind"), [("broken/", "RemoteProtocolError"), ("echo/\n", "InvalidUrl")]
)
def test_trouble_has_a_name(port, path, kind):
    with pytest.raises(HttpTransportError) as caught:
        send(f"http://127.0.0.1:{port}/{path}")
    assert caught.value.error_type == kind


def test_a_name_that_nobody_has():
    async def resolve(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(HttpTransportError, match="has no address") as caught:
        send("http://nobody.example/", resolve=resolve)
    assert caught.value.error_type == "NameNotFound"


def test_a_header_cannot_smuggle_another(port):
    with pytest.raises(HttpTransportError):
        send(f"http://127.0.0.1:{port}/echo/", headers={"X-A": "1\r\nX-B: 2"})
    assert not ASKED


def run(ports, **config):
    async def main():
        async with FlowEngine(registry(), ports=ports) as engine:
            flow = graph([node("it", "http-request", **config)])
            return await engine.run(flow, {})

    return asyncio.run(main())


def test_the_node_sends_json_and_reads_it(port):
    ports = {HTTP: CheckedHttp(Egress(private=True))}
    done = run(ports, method="POST", url=f"http://127.0.0.1:{port}/echo/", body={"a": "é"},
               auth_type="basic", username="u", password="p")  # fmt: skip
    assert done.error is None
    answer = done.result["http_request"]
    assert json.loads(answer["body"]["body"]) == {"a": "é"}
    assert answer["body"]["kind"] == "application/json"
    assert ASKED[0][1]["authorization"] == "Basic dTpw"
    assert (
        run(ports, url=f"http://127.0.0.1:{port}/bytes/").result["http_request"]["body"] == "//4A"
    )


def test_what_fails_the_node_and_what_is_a_result(port):
    ports = {HTTP: CheckedHttp(Egress(private=True))}
    url = f"http://127.0.0.1:{port}/status/503"
    assert run(ports, url=url).result["http_request"]["status"] == 503
    assert run(ports, url=url, fail_on="status").error.type == "HTTP503"
    gone = f"http://127.0.0.1:{port}/broken/"
    told = run(ports, url=gone).result["http_request"]
    assert told["status"] is None
    assert told["error"]["type"] == "RemoteProtocolError"
    assert run(ports, url=gone, fail_on="transport").error.type == "RemoteProtocolError"


def test_security_a_refused_server_always_fails_the_node(port):
    done = run({HTTP: CheckedHttp(Egress())}, url=f"http://127.0.0.1:{port}/echo/")
    assert done.error.type == "EgressRefused"
    assert not ASKED
