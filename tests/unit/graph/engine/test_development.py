"""Parts of flows, runs that are ended from outside, and trouble around nodes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.graph import FlowEngine, GraphError, Run, RunFailedError, Status
from tests.fakes.graph_nodes import CALLS
from tests.fakes.graphs import REGISTRY, graph, node, plain, run, statuses

LOOPED = graph(
    [plain("before"), node("each", "loop", items="{{ data.list }}"), node("c", "count"),
     node("d", "count"), plain("after"), plain("apart")],
    "before>each each:body>c>d each>after before>apart",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh() -> None:
    CALLS.clear()


def with_engine(work: Any) -> Any:
    async def main() -> Any:
        async with FlowEngine(REGISTRY) as engine:
            return await work(engine)

    return asyncio.run(main())


def test_one_item_of_a_loop_runs_alone() -> None:
    given = {"list": ["a", "b"]}
    done: Run = with_engine(lambda engine: engine.run_iteration(LOOPED, "each", 1, given))
    assert dict(CALLS) == {"each[1]/c": 1, "each[1]/d": 1}
    assert done.result is not None
    assert done.result["forEachNode"]["state"] == {"index": 1, "item": "b"}
    assert done.result["d"] is True


@pytest.mark.parametrize(
    ("loop", "index", "says"),
    [
        ("each", 2, r"each: iteration_index 2 out of range \[0, 2\)"),
        ("each", -1, "out of range"),
        ("before", 0, "before: is no loop; name one"),
        ("nobody", 0, "nobody: is no loop"),
    ],
)
def test_an_item_that_is_not_there_is_named(loop: str, index: int, says: str) -> None:
    with pytest.raises(GraphError, match=says):
        with_engine(lambda engine: engine.run_iteration(LOOPED, loop, index, {"list": [1, 2]}))


def test_iterations_of_a_condition_do_not_run_alone() -> None:
    flow = graph([node("w", "loop", mode="while", condition="false"), plain("a")], "w:body>a")
    with pytest.raises(GraphError, match="w: its iterations depend on each other"):
        with_engine(lambda engine: engine.run_iteration(flow, "w", 0))


def test_a_loop_as_the_one_node_brings_its_body() -> None:
    done = with_engine(
        lambda engine: engine.run_development_node(LOOPED, "each", {"list": [1, 2, 3]})
    )
    assert len(done.result["loop_results"]) == 3


def test_a_node_of_a_body_needs_an_input_of_its_own() -> None:
    async def work(engine: FlowEngine) -> None:
        record = (await engine.run(LOOPED, {"list": [1]})).record
        with pytest.raises(GraphError, match="c is in the body of each; run each, or give"):
            await engine.run_development_node(LOOPED, "c", record=record)
        assert (await engine.run_development_node(LOOPED, "c", {"x": 1})).result == {
            "x": 1, "c": True,
        }  # fmt: skip

    with_engine(work)


def test_a_node_behind_a_branch_that_was_not_taken_has_no_input() -> None:
    flow = graph([node("if", "condition", expression="false"), plain("y")], "if:yes>y")

    async def work(engine: FlowEngine) -> None:
        record = (await engine.run(flow)).record
        with pytest.raises(GraphError, match="y: what leads to it was not taken; give the input"):
            await engine.run_development_node(flow, "y", record=record)

    with_engine(work)


def test_a_partial_run_to_what_is_behind_a_loop_runs_the_whole_loop() -> None:
    done = run(LOOPED, {"list": [1, 2]}, until="after")
    assert len((done.result or {})["loop_results"]) == 2
    assert "apart" not in statuses(done)
    CALLS.clear()
    run(LOOPED, {"list": [1, 2]}, until="c")
    assert dict(CALLS) == {"each[0]/c": 1, "each[1]/c": 1}


def test_everything_that_runs_can_be_ended_at_once() -> None:
    flow = graph([node("a", "hang")])

    async def work(engine: FlowEngine) -> list[Any]:
        runs = [asyncio.create_task(engine.run(flow)) for _ in range(3)]
        for _ in range(5):
            await asyncio.sleep(0)
        await engine.force_shutdown()
        return await asyncio.gather(*runs, return_exceptions=True)

    assert [type(each) for each in with_engine(work)] == [asyncio.CancelledError] * 3
    assert CALLS["a cancelled"] == 3


@pytest.mark.parametrize(("kind", "error"), [("cancel", "CancelledError"), ("", "TimeoutError")])
def test_a_nodes_own_cancellation_or_time_limit_fails_the_node(kind: str, error: str) -> None:
    done = run(graph([node("a", "own-errors", kind=kind), plain("b")], "a:error>b"))
    assert statuses(done) == {"a": "failed", "b": "completed"}
    found = done.record.entries["a"].error
    assert found is not None
    assert found.type == error


def test_a_node_that_cannot_be_set_up_fails_and_is_tried_again_as_its_policy_says() -> None:
    bad = node("setup", "bad-lifecycle", retry={"attempts": 2, "interval": 0})
    done = run(graph([bad]))
    assert done.error is not None
    assert done.error.message == "no set-up"
    assert (CALLS["setup setup"], CALLS["setup execute"]) == (2, 0)


def test_a_node_that_cannot_be_cleaned_up_changes_no_result_and_keeps_no_other_from_it() -> None:
    done = run(graph([node("a", "lifecycle"), node("b", "bad-lifecycle"), node("c", "lifecycle")]))
    assert done.status is Status.COMPLETED
    assert [CALLS[f"{name} cleanup"] for name in "abc"] == [1, 1, 1]


def test_a_caller_who_waits_hears_that_the_run_does() -> None:
    flow = graph([node("ask", "approval", approvers=["ada"])])
    with pytest.raises(RunFailedError, match="the run waits for ask"):
        with_engine(lambda engine: engine.run_api(flow))
