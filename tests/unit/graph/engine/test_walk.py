"""Runs of plain graphs: order, parallelism, routes, retries, limits, pins and partial runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from shared.graph import GraphError, NodeResult, Pool, ResultError, Status
from shared.graph.engine import FlowEngine, Progress, Run
from shared.graph.engine.run import RunFailedError
from shared.graph.settle import settle
from tests.fakes.graph_nodes import CALLS
from tests.fakes.graphs import REGISTRY, graph, node, plain, run, scripted, statuses


@pytest.fixture(autouse=True)
def _fresh() -> None:
    CALLS.clear()


def choosing(name: str, route: str, *outputs: str) -> Any:
    return scripted(name, route=route, outputs=list(outputs))


def test_data_accumulates_along_a_chain_under_the_keys_of_the_nodes() -> None:
    flow = graph([scripted("a", value=1), scripted("b", value=2)], "a>b")
    done = run(flow, {"in": 0})
    assert done.result == {"in": 0, "scripted": 1, "scripted_2": 2}
    assert done.status is Status.COMPLETED
    assert (done.output("a"), done.output("b")) == (1, 2)


def test_a_diamond_behind_a_condition_runs_one_side_and_the_join() -> None:
    flow = graph(
        [choosing("if", "no", "yes", "no"), plain("a"), plain("b"), plain("join")],
        "if:yes>a>join if:no>b>join",
    )
    done = run(flow)
    assert done.result == {"b": "b", "join": "join"}
    assert statuses(done)["a"] == "skipped"


def test_branches_run_at_the_same_time() -> None:
    meeting = graph(
        [plain("start"), node("a", "meet"), node("b", "meet"), plain("join")],
        "start>a>join start>b>join",
    )

    async def main() -> Run:
        barrier = asyncio.Barrier(2)
        engine = FlowEngine(meeting_registry(), ports={"barrier": barrier})
        return await engine.run(meeting, timeout=30)

    assert asyncio.run(main()).status is Status.COMPLETED


def meeting_registry() -> Any:
    from shared.graph import BlockingNode, NoConfig, NodeRegistry

    class Meet(BlockingNode[NoConfig]):
        type = "meet"
        needs = frozenset({"barrier"})

        async def execute(self, config: Any, data: Any, context: Any) -> Any:
            await context.ports["barrier"].wait()

    return NodeRegistry(Meet, REGISTRY.get("scripted"))


def test_a_failure_does_not_keep_others_from_running() -> None:
    flow = graph(
        [plain("start"), scripted("bad", fail="Boom"), plain("good"), plain("join"), plain("tail")],
        "start>bad>join>tail start>good>join",
    )
    done = run(flow)
    assert statuses(done) == {
        "start": "completed", "bad": "failed", "good": "completed", "join": "aborted",
        "tail": "aborted",
    }  # fmt: skip
    assert (done.status, done.result) == (Status.FAILED, None)
    assert done.error is not None
    assert (done.error.type, done.error.node) == ("Boom", "bad")


def test_an_error_output_carries_the_input_and_the_error() -> None:
    flow = graph([scripted("bad", fail="Boom"), plain("mend")], "bad:error>mend")
    done = run(flow, {"in": 1})
    assert done.status is Status.COMPLETED
    error = {"type": "Boom", "message": "attempt 1 failed as scripted", "node": "bad"}
    assert done.result == {"in": 1, "error": error, "mend": "mend"}
    assert statuses(done)["bad"] == "failed"


def test_tries_are_counted_and_only_listed_errors_are_tried_again() -> None:
    policy = {"attempts": 3, "interval": 0, "errors": ["Busy"]}
    told: list[Progress] = []
    flow = graph([scripted("a", fail="Busy", fail_attempts=2, retry=policy)])
    done = run(flow, engine={"listener": told.append})
    entry = done.record.get("a")
    assert (done.status, entry and entry.attempts) == (Status.COMPLETED, 3)
    assert [p.what for p in told] == ["started", "retrying", "retrying", "completed"]
    done = run(graph([scripted("a", fail="Other", retry=policy)]))
    assert done.record.entries["a"].attempts == 1


def test_a_listener_that_fails_changes_nothing() -> None:
    def broken(progress: Progress) -> None:
        raise RuntimeError(progress.what)

    assert run(graph("a b", "a>b"), engine={"listener": broken}).status is Status.COMPLETED


def test_a_node_that_hangs_is_ended_by_its_time_limit() -> None:
    hanging = node("a", "hang", retry={"timeout": 0.02})
    done = run(graph([hanging, plain("b")], "a:error>b"))
    assert statuses(done) == {"a": "failed", "b": "completed"}
    assert done.record.entries["a"].error.type == "Timeout"
    assert CALLS["a cancelled"] == 1


def test_a_run_that_takes_too_long_fails_and_names_what_had_not_settled() -> None:
    done = run(graph([plain("a"), node("b", "hang"), plain("c")], "a>b>c"), timeout=0.05)
    assert done.status is Status.FAILED
    assert done.error is not None
    assert done.error.message == "the run took longer than 0.05 s; not settled: b, c"
    assert CALLS["b cancelled"] == 1
    assert done.record.entries["a"].status is Status.COMPLETED


def test_a_cancelled_run_leaves_nothing_running() -> None:
    async def main() -> int:
        engine = FlowEngine(REGISTRY)
        flow = graph([plain("s"), node("a", "hang"), node("b", "hang")], "s>a s>b")
        task = asyncio.create_task(engine.run(flow))
        for _ in range(10):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
    assert (CALLS["a cancelled"], CALLS["b cancelled"]) == (1, 1)


def test_pinned_nodes_are_not_run_and_give_what_they_are_told() -> None:
    flow = graph([node("a", "count"), choosing("if", "yes", "yes", "no"), plain("y"), plain("n")],
                 "a>if if:yes>y if:no>n")  # fmt: skip
    done = run(flow, pins={"a": 7, "if": NodeResult(None, "no")})
    assert done.result == {"count": 7, "n": "n"}
    assert CALLS["a"] == 0


def test_a_partial_run_runs_what_a_node_needs_and_nothing_else() -> None:
    nodes = [node(name, "count") for name in ("a", "b", "c", "d")]
    done = run(graph(nodes, "a>c>d b>c b>d"), until="c")
    assert dict(CALLS) == {"a": 1, "b": 1, "c": 1}
    assert done.status is Status.COMPLETED


def test_a_failed_run_resumes_without_running_again_what_was_done() -> None:
    nodes = [node("a", "count"), scripted("b", fail="Boom"), node("c", "count"), node("d", "count")]
    first = run(graph(nodes, "a>b>d a>c>d"))
    assert first.status is Status.FAILED
    nodes[1] = plain("b")
    second = run(graph(nodes, "a>b>d a>c>d"), record=first.record)
    assert second.status is Status.COMPLETED
    assert dict(CALLS) == {"a": 1, "c": 1, "d": 1}
    whole = run(graph(nodes, "a>b>d a>c>d"))
    assert second.result == whole.result


def test_a_run_that_waits_goes_on_with_the_answer() -> None:
    asking = node("ask", "approval", approvers=["ada"])
    flow = graph(
        [node("a", "count"), asking, plain("go"), plain("stop"), node("c", "count")],
        "a>ask ask:approved>go ask:rejected>stop a>c",
    )
    first = run(flow)
    assert (first.status, first.result, first.error) == (Status.WAITING, None, None)
    assert [entry.key for entry in first.waits_for] == ["ask"]
    again = run(flow, record=first.record)
    assert again.status is Status.WAITING
    last = run(flow, record=again.record, pins={"ask": {"decision": "rejected", "by": "ada"}})
    assert last.status is Status.COMPLETED
    assert statuses(last) == {
        "a": "completed", "ask": "completed", "go": "skipped", "stop": "completed",
        "c": "completed",
    }  # fmt: skip
    assert dict(CALLS) == {"a": 1, "c": 1}


def test_one_node_runs_on_what_its_sources_gave() -> None:
    flow = graph([plain("a"), plain("b"), node("c", "count")], "a>b>c")

    async def main() -> None:
        engine = FlowEngine(REGISTRY)
        before = await engine.run(flow, until="b")
        done = await engine.run_development_node(flow, "c", {"b": "mine"}, record=before.record)
        assert done.result == {"a": "a", "b": "mine", "c": True}
        only_a = await engine.run(flow, until="a")
        with pytest.raises(GraphError, match="c: no output of b; run or pin these nodes first"):
            await engine.run_development_node(flow, "c", record=only_a.record)
        with pytest.raises(GraphError, match="Node x not found; the flow has a, b, c"):
            await engine.run_development_node(flow, "x")

    asyncio.run(main())


def test_a_caller_who_waits_gets_the_result_or_the_error() -> None:
    async def main() -> None:
        engine = FlowEngine(REGISTRY)
        assert await engine.run_api(graph("a"), {"in": 1}) == {"in": 1, "a": "a"}
        with pytest.raises(RunFailedError, match="bad: attempt 1 failed as scripted"):
            await engine.run_api(graph([scripted("bad", fail="Boom")]))

    asyncio.run(main())


def test_declared_inputs_read_outputs_of_other_nodes() -> None:
    reading = node("c", "transform", output={"got": "{{ data.name }}", "who": "{{ data.user }}"})
    inputs = [
        {"name": "name", "source_node": "a", "source_field": "name"},
        {"name": "user"},
    ]
    reading = reading.model_validate({**reading.model_dump(), "inputs": inputs})
    flow = graph([scripted("a", value={"name": "Ada"}), plain("b"), reading], "a>b>c",
                 variables={"user": "bob"})  # fmt: skip
    assert run(flow).result == {"got": "Ada", "who": "bob"}
    skipped = graph([choosing("a", "x", "x"), plain("b"), reading], "a:y>b>c a:x>c")
    assert run(skipped).error is None


def test_templates_see_the_outputs_of_everything_upstream_and_of_nothing_else() -> None:
    shown = node("c", "transform", output={"a": "{{ nodes.a.a }}", "x": "{{ nodes.x.x }}"})
    flow = graph([plain("a"), plain("b"), shown, plain("x")], "a>b>c")
    entry = run(flow).record.entries["c"]
    assert entry.output == {"a": "a", "x": None}


def test_a_plan_of_the_walk_agrees_with_settle() -> None:
    flow = graph(
        [choosing("if", "no", "yes", "no"), plain("a"), scripted("b", fail="x"), plain("join")],
        "if:yes>a>join if:no>b>join",
    )
    done = run(flow, {"in": 1})
    again = settle(done.settlement.scope, done.record, {"in": 1})
    assert again.statuses() == done.settlement.statuses()
    assert (again.error, again.result) == (done.error, done.result)


def test_pools_of_settings_and_nodes_override_that_of_the_type() -> None:
    flow = graph([node("a", "async-thread")])
    assert run(flow).output("a") == {"main": False}
    inline = flow.nodes[0].model_copy(update={"pool": Pool.ASYNC})
    assert run(graph([inline])).output("a") == {"main": True}
    threaded = graph([scripted("a", value=1)], settings={"pool": "thread"})
    assert run(threaded).output("a") == 1


def test_five_thousand_nodes_in_a_row_and_side_by_side() -> None:
    row = graph(" ".join(f"n{i}" for i in range(5_000)), ">".join(f"n{i}" for i in range(5_000)))
    empty = row.model_copy(update={"nodes": tuple(node(n.id, "start") for n in row.nodes)})
    assert run(empty, {"in": 1}).result == {"in": 1}
    beside = graph([plain("s"), *(node(f"n{i}", "start") for i in range(5_000))],
                   " ".join(f"s>n{i}" for i in range(5_000)))  # fmt: skip
    assert run(beside).result == {"s": "s"}


def test_two_megabytes_through_twenty_nodes() -> None:
    rows = [{"name": f"row {n}", "tags": ["a", "b"], "value": n / 3} for n in range(40_000)]
    names = [f"n{i}" for i in range(20)]
    flow = graph([plain(name) for name in names], ">".join(names))
    done = run(flow, {"rows": rows})
    assert done.result is not None
    assert len(json.dumps(done.result)) > 2_000_000
    assert done.result["rows"] == rows
    assert sum(len(json.dumps(entry.as_json())) for entry in done.record) < 20_000


def test_a_pinned_condition_chooses_again_what_it_chose() -> None:
    flow = graph([node("if", "condition", expression="false"), plain("y"), plain("n")],
                 "if:yes>y if:no>n")  # fmt: skip
    done = run(flow, pins={"if": {"route": "yes", "result": True}})
    assert statuses(done) == {"if": "completed", "y": "completed", "n": "skipped"}


def test_an_input_that_is_no_json_is_refused_by_its_place() -> None:
    with pytest.raises(ResultError, match=r"input\.rows\[0\]: nan is no JSON number"):
        run(graph("a"), {"rows": [float("nan")]})


def test_a_run_that_never_waits_lets_others_have_a_turn() -> None:
    async def main() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        loop = node("l", "loop", items=list(range(500)))
        await FlowEngine(REGISTRY).run(graph([loop, node("a", "start")], "l:body>a"))
        beside.cancel()
        return turns

    assert asyncio.run(main()) >= 9
