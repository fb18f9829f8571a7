"""Pools and what misbehaving nodes do to them."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest

from shared.graph import Pool, Status
from shared.graph.engine import FlowEngine
from tests.fakes.graphs import REGISTRY, graph, node, plain, run, scripted, statuses

POOLS = ["trouble", "trouble-thread", "trouble-process"]


TROUBLES = [
    ("raise", "ValueError", "it broke"),
    ("nan", "ResultError", "result.number: nan is no JSON number"),
    ("set", "ResultError", "result: a set is no JSON"),
    ("broken error", "BrokenError", "BrokenError"),
    ("long error", "ValueError", "xxx…"),
    ("large", "ResultError", "the result is 5,242,882 bytes of JSON, at most 4,194,304"),
    ("change", "TypeError", "is read-only below its top"),
]
# A process has data of its own, so that changing it is no trouble.
CASES = [(k, *t) for k in POOLS for t in TROUBLES if (k, t[0]) != ("trouble-process", "change")]


@pytest.mark.parametrize(("kind", "trouble", "error", "message"), CASES)
def test_a_bad_result_fails_its_node_and_says_why(
    kind: str, trouble: str, error: str, message: str
) -> None:
    done = run(graph([node("a", kind, kind=trouble), plain("b")], "a:error>b"), {"list": [1]})
    assert statuses(done) == {"a": "failed", "b": "completed"}
    found = done.record.entries["a"].error
    assert found is not None
    assert found.type == error
    assert message in found.message


@pytest.mark.parametrize("kind", POOLS)
def test_the_top_of_the_data_belongs_to_the_node(kind: str) -> None:
    flow = graph([node("a", kind, kind="change top"), plain("b")], "a>b")
    result = run(flow, {"list": [1]}).result or {}
    assert result["list"] == [1]
    assert "new" not in result


def test_a_node_that_exits_fails_alone() -> None:
    for kind in POOLS:
        done = run(graph([node("a", kind, kind="exit"), plain("b")]))
        assert statuses(done) == {"a": "failed", "b": "completed"}, kind


def test_a_node_that_dies_with_its_process_fails_alone() -> None:
    dying = node("a", "trouble-process", kind="die")
    well = [node(f"w{n}", "async-process") for n in range(3)]
    done = run(graph([dying, *well]))
    assert statuses(done) == {"a": "failed", "w0": "completed", "w1": "completed",
                              "w2": "completed"}  # fmt: skip
    assert done.error is not None
    assert done.error.type == "ProcessDied"
    assert done.error.message == "the node's process ended with code 9 before it answered"


def test_a_dead_process_is_replaced_and_a_node_may_be_tried_again() -> None:
    dying = node("a", "trouble-process", kind="die", retry={"attempts": 2, "interval": 0})
    done = run(graph([dying, node("b", "async-process")], "a:error>b"))
    assert done.record.entries["a"].attempts == 2
    assert done.output("b")["pid"] != os.getpid()


@pytest.mark.parametrize("kind", ["trouble-thread", "trouble-process"])
def test_a_node_that_hangs_in_its_pool_is_given_up_in_time(kind: str) -> None:
    started = time.monotonic()
    done = run(graph([node("a", kind, seconds=60, retry={"timeout": 0.05})]))
    assert done.error is not None
    assert done.error.type == "Timeout"
    assert time.monotonic() - started < 30


def test_a_hanging_thread_does_not_use_up_the_pool() -> None:
    slow = [node(f"s{n}", "trouble-thread", seconds=60, retry={"timeout": 0.05}) for n in range(12)]
    done = run(graph([*slow, node("last", "async-thread")]), timeout=30)
    assert statuses(done)["last"] == "completed"


def test_processes_are_used_again_and_end_with_the_engine() -> None:
    async def main() -> Any:
        async with FlowEngine(REGISTRY) as engine:
            flow = graph([node("a", "async-process"), node("b", "async-process")], "a>b")
            first = await engine.run(flow, {"item": 1})
            second = await engine.run(flow, {"item": 2})
        return first, second

    first, second = asyncio.run(main())
    pids = {run.output(name)["pid"] for run in (first, second) for name in ("a", "b")}
    assert len(pids) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(pids.pop(), 0)


def test_an_engine_works_in_one_event_loop_after_another() -> None:
    engine = FlowEngine(REGISTRY)
    for _ in range(2):
        done = asyncio.run(engine.run(graph([node("a", "async-thread")])))
        assert done.status is Status.COMPLETED


@pytest.mark.parametrize("pool", list(Pool))
def test_a_result_means_the_same_in_every_pool(pool: Pool) -> None:
    flow = graph([
        node("c", "condition", expression="data.x > 1"), scripted("a", value=1),
        scripted("u", value={"x": 3}, form="update"), node("t", "transform", output={"y": 1.0}),
        scripted("w", wait=True),
    ], "c:yes>a>u>t>w", settings={"pool": pool})  # fmt: skip
    done = run(flow, {"x": 2})
    assert done.record.entries["u"].output.keys() == {"if_condition", "scripted", "x"}
    assert done.record.entries["t"].output == {"y": 1}
    assert [entry.node for entry in done.waits_for] == ["w"]


def test_a_producer_in_a_process_says_when_there_is_no_more() -> None:
    nothing = node("n", "no-more").model_copy(update={"pool": Pool.PROCESS})
    assert run(graph([nothing, plain("z")], "n>z")).exhausted
