"""The gateway: routes as API Gateway chooses them, payload 2.0, authorizer, demo credentials."""

from __future__ import annotations

import asyncio
import base64
import json
import time

import httpx
import pytest

from local.gateway import Gateway, Routes
from local.gateway.authorizing import DemoCredentials
from local.gateway.routes import Route
from local.lambda_host import InvocationResult
from local.lambda_host.spec import failure

ROUTES = Routes(
    [
        Route("ANY /{proxy+}", "crm", "auth", 60),
        Route("ANY /", "crm", "auth", 60),
        Route("GET /health", "open", None, 0),
        Route("OPTIONS /{proxy+}", "open", None, 0),
        Route("GET /things/{id}", "things", None, 0),
        Route("ANY /files/{proxy+}", "files", None, 0),
    ]
)
TOKEN = "h." + base64.urlsafe_b64encode(json.dumps({"exp": time.time() + 999}).encode()).decode()


class World:
    """A gateway whose functions are plain Python."""

    def __init__(self):
        self.calls = []
        self.lines = []
        self.answers = {"auth": {"isAuthorized": True, "context": {"tenant": "demo"}}}
        demo = DemoCredentials(lambda: TOKEN, ["http://localhost:3000"])
        self.gateway = Gateway(ROUTES, self.invoke, demo, self.lines.append)

    def invoke(self, name, payload):
        self.calls.append((name, json.loads(payload)))
        answer = self.answers.get(name, {"statusCode": 200, "body": name})
        if isinstance(answer, InvocationResult):
            return answer
        return InvocationResult(json.dumps(answer).encode())

    def call(self, method, path, host="localhost:8000", **how):
        async def run():
            transport = httpx.ASGITransport(self.gateway)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
                return await client.request(method, path, **how)

        return asyncio.run(run())

    def called(self, name):
        return [event for called, event in self.calls if called == name]


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/health", "open"),
        ("POST", "/health", "crm"),
        ("OPTIONS", "/leads/", "open"),
        ("GET", "/", "crm"),
        ("GET", "/things/7", "things"),
        ("GET", "/things/7/more", "crm"),
        ("GET", "/hea%0Alth", "crm"),
        ("GET", "/health%3F", "crm"),
        ("GET", "/files/a/b", "files"),
    ],
)
def test_the_best_route_answers(world, method, path, function):
    assert world.call(method, path).text == function


def test_the_default_route_answers_what_no_other_does(world):
    world.gateway._routes = Routes(
        [Route("$default", "rest", None, 0), Route("GET /{proxy+}", "crm", None, 0)]
    )
    assert [world.call(method, "/x").text for method in ("GET", "PUT")] == ["crm", "rest"]


def test_the_event_is_payload_two(world):
    world.call(
        "POST", "/leads/a%20b?x=1&x=2&y=", content=b'{"n": 1}',
        headers={"Cookie": "a=1; b=2", "X-Many": "1"},
    )  # fmt: skip
    (event,) = world.called("crm")
    assert event["version"] == "2.0"
    assert (event["routeKey"], event["rawPath"]) == ("ANY /{proxy+}", "/leads/a%20b")
    assert event["rawQueryString"] == "x=1&x=2&y="
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["pathParameters"] == {"proxy": "leads/a b"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"n": 1}', False)
    assert event["requestContext"]["authorizer"]["lambda"] == {"tenant": "demo"}


def test_bytes_travel_as_base64_both_ways(world):
    world.answers["crm"] = {
        "statusCode": 200, "isBase64Encoded": True, "headers": {"X-A": "1"},
        "body": base64.b64encode(b"\xff\x00").decode(), "cookies": ["a=1", "b=2"],
    }  # fmt: skip
    answer = world.call("PUT", "/x", content=b"\xff\xfe")
    assert answer.content == b"\xff\x00"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    (event,) = world.called("crm")
    assert base64.b64decode(event["body"]) == b"\xff\xfe"


def test_another_answer_is_the_body(world):
    world.answers["open"] = {"plain": True}
    assert world.call("GET", "/health").json() == {"plain": True}


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "x"},
        {"statusCode": 99_999},
        {"statusCode": 100},
        {"statusCode": 200, "isBase64Encoded": True, "body": "a"},
        {"statusCode": 200, "headers": ["x"]},
        {"statusCode": 200, "headers": {"X-A": "1\r\nX-B: 2"}},
        {"statusCode": 200, "headers": {"X A": "1"}},
        {"statusCode": 200, "cookies": ["a=1\r\nX-B: 2"]},
        {"statusCode": 200, "cookies": [1]},
    ],
)
def test_an_answer_that_cannot_be_sent(world, answer):
    world.answers["open"] = answer
    told = world.call("GET", "/health")
    assert (told.status_code, told.json()) == (500, {"message": "Internal Server Error"})
    assert told.headers["x-request-id"] == world.lines[-1].request_id


def test_an_answer_may_say_null(world):
    world.answers["open"] = {"statusCode": 200, "headers": None, "cookies": None, "body": None}
    assert world.call("GET", "/health").status_code == 200


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (failure("ValueError", "x"), 500),
        (failure("Sandbox.Timedout", "x"), 500),
        (failure("TooManyRequestsException", "x"), 429),
    ],
)
def test_a_function_that_fails(world, result, status):
    world.answers["crm"] = result
    answer = world.call("GET", "/leads")
    assert answer.status_code == status
    assert "message" in answer.json()
    assert world.lines[-1].status == status


def test_an_integration_that_takes_too_long(world, monkeypatch):
    monkeypatch.setattr("local.gateway.app.INTEGRATION_SECONDS", 0.1)
    stock = world.gateway._invoke

    def slow(name, payload):
        time.sleep(0.4)
        return stock(name, payload)

    world.gateway._invoke = slow
    assert world.call("GET", "/health").status_code == 503


def test_too_large_and_nowhere(world):
    assert world.call("POST", "/x", content=b"x" * 10_000_001).status_code == 413
    empty = Gateway(Routes([]), world.invoke, DemoCredentials(lambda: TOKEN, []), print)
    world.gateway = empty
    assert world.call("GET", "/x").json() == {"message": "Not Found"}


def test_a_denial_an_error_and_the_cache_of_the_authorizer(world):
    for _ in range(3):
        assert world.call("GET", "/a").status_code == 200
    assert len(world.called("auth")) == 1
    world.answers["auth"] = {"isAuthorized": False}
    other = {"Authorization": "Bearer other"}
    assert world.call("GET", "/a", headers=other).json() == {"message": "Forbidden"}
    world.answers["auth"] = failure("ValueError", "x")
    broken = {"Authorization": "Bearer broken"}
    assert world.call("GET", "/a", headers=broken).status_code == 500


@pytest.mark.parametrize(
    ("headers", "host", "status"),
    [
        ({}, "localhost:8000", 200),
        ({}, "127.0.0.1:8000", 200),
        ({}, "localhost", 200),
        ({"Origin": "http://localhost:3000"}, "localhost:8000", 200),
        ({"Origin": "https://evil.example"}, "localhost:8000", 401),
        ({"Origin": "null"}, "localhost:8000", 401),
        ({"Sec-Fetch-Site": "cross-site"}, "localhost:8000", 401),
        ({"Sec-Fetch-Site": "same-origin"}, "localhost:8000", 200),
        ({}, "evil.example", 401),
        ({}, "localhost.evil.example", 401),
    ],
)
def test_who_acts_as_the_demo_admin(world, headers, host, status):
    assert world.call("GET", "/leads", host=host, headers=headers).status_code == status


def test_credentials_of_ones_own_are_left_alone(world):
    world.call("GET", "/a", headers={"Authorization": "Bearer mine"})
    assert world.called("auth")[0]["identitySource"] == ["Bearer mine"]


def test_an_authorizer_sees_the_request_without_its_body(world):
    world.call("POST", "/leads", content=b"secret")
    (question,) = world.called("auth")
    assert "body" not in question
    assert question["routeArn"].endswith("/$default/POST/leads")
    assert world.called("crm")[0]["body"] == "secret"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (["x"], 500),
        ({}, 500),
        ({"isAuthorized": "true"}, 500),
        ({"isAuthorized": True, "context": None}, 200),
    ],
)
def test_an_authorizer_of_another_format_lets_nobody_pass(world, answer, status):
    world.answers["auth"] = answer
    assert world.call("GET", "/a").status_code == status


def test_a_client_that_leaves_is_no_error(world):
    async def run():
        async def receive():
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "POST", "path": "/x", "raw_path": b"/x", "headers": [],
                 "query_string": b"", "http_version": "1.1"}  # fmt: skip
        await world.gateway(scope, receive, None)

    asyncio.run(run())
    assert not world.calls
