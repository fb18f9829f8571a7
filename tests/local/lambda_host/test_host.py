"""The Lambda host: real subprocesses, and what API Gateway or a queue would be told of them."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.lambda_host import FunctionSpec, LambdaHost

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def lines():
    return []


@pytest.fixture(scope="module")
def host(lines):
    made = LambdaHost(HERE, "http://127.0.0.1:1", lambda name: {"AWS_ACCESS_KEY_ID": name},
                      lambda name, line: lines.append((name, line)))  # fmt: skip
    for name in ("echo", "left", "fail", "die", "unserialisable", "say"):
        made.add(FunctionSpec(name, f"fixture_functions.{name}", 5, environment={"MARK": "m"}))
    made.add(FunctionSpec("hang", "fixture_functions.hang", 0.5))
    made.add(FunctionSpec("absent", "no_such_module.handler", 5))
    made.add(FunctionSpec("nameless", "fixture_functions.nothing", 5))
    made.add(FunctionSpec("single", "fixture_functions.echo", 5, concurrency=1))
    yield made
    made.close()


def test_an_answer_from_a_warm_environment(host):
    first, second = (json.loads(host.invoke("echo", b'{"a": 1}').payload) for _ in range(2))
    assert first["event"] == {"a": 1}
    assert (first["who"], first["env"]) == ("echo", "m")
    assert first["pid"] == second["pid"]


def test_the_time_that_is_left(host):
    assert 0 < json.loads(host.invoke("left", b"{}").payload) <= 5000


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("fail", "ValueError", "bad input"),
        ("die", "Runtime.ExitError", "exit status 3"),
        ("hang", "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
        ("unserialisable", "Runtime.MarshalError", "not JSON serializable"),
        ("absent", "Runtime.ImportModuleError", "no_such_module"),
        ("nameless", "Runtime.HandlerNotFound", "nothing"),
        ("unknown", "ResourceNotFoundException", "unknown"),
    ],
)
def test_what_goes_wrong_is_said_as_aws_says_it(host, name, kind, told):
    for _ in range(2):
        result = host.invoke(name, b"{}")
        assert result.failed
        assert result.error()["errorType"] == kind
        assert told in result.error()["errorMessage"]


def test_a_killed_environment_is_replaced(host):
    before = json.loads(host.invoke("echo", b"{}").payload)["pid"]
    assert host.kill_one("echo") == "echo"
    time.sleep(0.2)
    after = json.loads(host.invoke("echo", b"{}").payload)["pid"]
    assert before != after
    assert host.kill_one("nobody") is None


def test_no_more_environments_than_the_concurrency(host):
    with ThreadPoolExecutor(4) as pool:
        pids = {
            json.loads(r.payload)["pid"]
            for r in pool.map(lambda _: host.invoke("single", b"{}"), range(8))
        }
    assert len(pids) == 1


def test_what_a_function_writes_is_heard(host, lines):
    host.invoke("say", b"{}")
    until = time.monotonic() + 3
    while ("say", "a line") not in lines:
        assert time.monotonic() < until
        time.sleep(0.02)
