"""The Lambda host: real subprocesses, and what API Gateway or a queue would be told of them."""

from __future__ import annotations

import json
import subprocess
import sys
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
    made = LambdaHost(HERE, "http://127.0.0.1:1", lambda spec: {"AWS_ACCESS_KEY_ID": spec.name},
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


def test_a_killed_environment_is_no_error_of_the_runtime_api(host, capsys):
    host.invoke("echo", b"{}")
    host.kill_one("echo")
    # One that was killed may be asked once more before its death is noticed.
    answers = [json.loads(host.invoke("echo", b"{}").payload) for _ in range(2)]
    assert answers[-1]["event"] == {}
    assert "Traceback" not in capsys.readouterr().err


def test_a_host_that_is_closed_starts_nothing():
    closed = LambdaHost(HERE, "http://127.0.0.1:1", lambda spec: {})
    closed.add(FunctionSpec("echo", "fixture_functions.echo", 5))
    closed.close()
    closed.prewarm("echo")
    assert closed.invoke("echo", b"{}").error()["errorType"] == "ServiceException"
    assert closed.kill_one() is None


def test_a_busy_function_ends_with_its_platform():
    """Even with one that is killed: the handler sleeps on for a minute otherwise."""
    script = (
        "import os, sys, threading\n"
        "from pathlib import Path\n"
        "from local.lambda_host import FunctionSpec, LambdaHost\n"
        "begun = threading.Event()\n"
        f"host = LambdaHost(Path({str(HERE)!r}), 'http://127.0.0.1:1', lambda name: {{}},\n"
        "                  lambda name, line: (print(line, flush=True), begun.set()))\n"
        "host.add(FunctionSpec('hang', 'fixture_functions.hang', 60))\n"
        "threading.Thread(target=host.invoke, args=('hang', b'{}'), daemon=True).start()\n"
        "begun.wait(10)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    platform = [sys.executable, "-c", script]
    pid = int(subprocess.run(platform, capture_output=True, text=True, check=False).stdout)
    until = time.monotonic() + 5
    while _runs(pid):
        assert time.monotonic() < until
        time.sleep(0.05)


def _runs(pid):
    """Whether a process lives; one that ended may wait for whoever adopted it."""
    told = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(told, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_functions_that_are_prewarmed_start_one_after_the_other(tmp_path):
    starts = tmp_path / "starts"
    host = LambdaHost(HERE, "http://127.0.0.1:1", lambda spec: {})
    for name in "abc":
        told = {"STARTS": str(starts)}
        host.add(FunctionSpec(name, "fixture_slow_start.handler", 5, environment=told))
    host.prewarm_in_turn("abc")
    host.close()
    assert starts.read_text().split() == ["begins", "ready"] * 3
