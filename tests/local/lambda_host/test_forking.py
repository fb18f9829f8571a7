"""What is forked is as separate as what is started, and whoever forks may die."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.lambda_host import FunctionSpec, LambdaHost, forked

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(not forked.AVAILABLE, reason="forks are for Linux")


@pytest.fixture
def host():
    made = LambdaHost(HERE, "http://127.0.0.1:1", lambda spec: {"AWS_ACCESS_KEY_ID": spec.name})
    for name in "ab":
        told = {f"ONLY_{name.upper()}": "x"}
        made.add(FunctionSpec(name, "fixture_functions.surroundings", 5, environment=told))
    yield made
    made.close()


def surroundings(host, name):
    return json.loads(host.invoke(name, b"{}").payload)


def test_each_function_has_its_own_variables_and_nothing_of_ours(host, monkeypatch):
    monkeypatch.setenv("OF_THE_PLATFORM", "secret")
    a, b = surroundings(host, "a"), surroundings(host, "b")
    assert (a["variables"]["ONLY_A"], "ONLY_B" in a["variables"]) == ("x", False)
    assert (b["variables"]["ONLY_B"], "ONLY_A" in b["variables"]) == ("x", False)
    assert [each["variables"]["AWS_ACCESS_KEY_ID"] for each in (a, b)] == ["a", "b"]
    for each in (a, b):
        assert "OF_THE_PLATFORM" not in each["variables"]
        assert [name for name in each["modules"] if name in ("shared", "functions", "local")] == []
        assert each["open"] <= 5  # three standard ones, the Runtime API's, the listing's own
    assert a["random"] != b["random"]
    assert a["id"] != b["id"]


def test_a_nursery_that_died_is_replaced(host):
    surroundings(host, "a")
    first = forked.nursery()
    first._process.kill()
    first._process.wait()
    assert "ONLY_B" in surroundings(host, "b")["variables"]
    assert forked.nursery() is not first
    assert "ONLY_A" in surroundings(host, "a")["variables"], "who lives goes on"
