"""What becomes of runs whose functions crash, repeat, run out of time, or carry much."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.graph import BlockingNode, Edge, FlowGraph, Node, NodeRegistry, Record, Status
from shared.graph.asl.compiler import compile_flow
from shared.graph.durable import (
    NodeRunner,
    NotWaitingError,
    TablesRecordStore,
    give_answer,
    start_run,
)
from shared.graph.durable.closing import tell_parent
from shared.graph.engine.loaded import load
from shared.nodes.approval import ApprovalNode
from shared.nodes.delay import DelayNode
from shared.nodes.sub_workflow import SubWorkflowNode
from tests.engines.comparing import TENANT, Durable, MemoryBlobs
from tests.engines.interpreter import Interpreter
from tests.engines.nodes import EXECUTED, REGISTRY, Ask, Each, Pick, Step
from tests.fakes.tables import MemoryTables

GRANULARITIES = ("node", "region")


Killed = type("Runtime.ExitError", (Exception,), {})
"""A function's process died, as Lambda tells it."""


def flow(edges: str, **nodes: Any) -> FlowGraph:
    """Nodes by id with their configuration; `type` in it is the type, else it is a step."""
    made = [
        Node(id=name, type=config.pop("type", "step"), config=config)
        for name, config in nodes.items()
    ]
    ways = [way.partition(">")[::2] for way in edges.split()]
    return FlowGraph(
        name="faults",
        nodes=made,
        edges=[
            Edge(source=s.partition(".")[0], target=t, source_handle=s.partition(".")[2])
            for s, t in ways
        ],
    )


def runs(durable: Durable, granularity: Any, given: Any = None, **more: Any) -> Interpreter:
    EXECUTED.clear()
    definition = compile_flow(durable.flow.plan, granularity=granularity).definition
    started = durable.start(given or {}, {}, **more)
    return asyncio.run(durable.interpret(definition, started))


def executed() -> dict[str, int]:
    return dict(Counter(key for _, key in EXECUTED))


def killing(durable: Durable, node: str, times: int = 1) -> None:
    """Lets the function die when it is called for a node, before it does anything."""
    invoke, left = durable.invoke, [times]

    async def dying(payload: Any) -> Any:
        if payload["node"] == node and left[0]:
            left[0] -= 1
            raise Killed("signal 9")
        return await invoke(payload)

    durable.invoke = dying  # type: ignore[method-assign]


CHAIN = "a>b b>c"


def test_a_killed_node_is_a_failed_one_and_what_is_not_behind_it_runs():
    durable = Durable(flow("a>b b>c a>d", a={}, b={}, c={}, d={}))
    killing(durable, "b")
    runs(durable, "node")
    found = durable.report()
    assert found["statuses"] == {
        "a": "completed", "b": "failed", "c": "aborted", "d": "completed",
    }  # fmt: skip
    assert found["error"]["type"] == "NodeLost"
    assert found["status"] == "failed"
    assert executed() == {"a": 1, "d": 1}


def test_the_reason_of_a_lost_task_stands_in_the_record():
    durable = Durable(flow(CHAIN, a={}, b={}, c={}))
    killing(durable, "b")
    runs(durable, "node")
    assert durable.report()["error"]["message"] == "Runtime.ExitError: signal 9"


def test_a_killed_node_leaves_by_its_error_output():
    durable = Durable(flow("a>b b>c b.error>d d>e c>e", a={}, b={}, c={}, d={}, e={}))
    killing(durable, "b")
    runs(durable, "node")
    found = durable.report()
    assert found["status"] == "completed"
    assert found["statuses"]["c"] == "skipped"
    assert found["entries"]["b"]["output"]["error"]["type"] == "NodeLost"


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_failed_run_is_resumed_without_repeating_what_is_done(granularity):
    graph = flow(
        "a>b b>c a>l l.body>m l>c",
        a={}, b={"fail": "Bad", "succeeds_on": 2}, c={}, m={},
        l={"type": "each", "items": [1, 2]},
    )  # fmt: skip
    durable = Durable(graph)
    runs(durable, granularity)
    assert executed() == {"a": 1, "b": 1, "l[0]/m": 1, "l[1]/m": 1}
    entries = durable.store.entries(TENANT, "x", "")
    items = {item.key: item for item in durable.store.items(TENANT, "x", "l")}
    record = Record({entry.key: entry for entry in entries}, items)
    nodes = [
        node if node.id != "b" else node.model_copy(update={"config": {}}) for node in graph.nodes
    ]
    again = Durable(graph.model_copy(update={"nodes": tuple(nodes)}))
    runs(again, granularity, record=record)
    assert again.report()["status"] == "completed"
    assert executed() == {"b": 1, "c": 1}


def test_a_task_that_comes_twice_runs_its_node_once():
    durable = Durable(flow(CHAIN, a={}, b={}, c={}))
    invoke = durable.invoke

    async def twice(payload: Any) -> Any:
        await invoke(payload)
        return await invoke(payload)

    durable.invoke = twice  # type: ignore[method-assign]
    runs(durable, "node")
    assert executed() == {"a": 1, "b": 1, "c": 1}
    assert durable.report()["status"] == "completed"


def test_a_region_killed_in_the_middle_goes_on_where_it_was():
    names = [f"n{i}" for i in range(6)]
    graph = flow(" ".join(f"n{i}>n{i + 1}" for i in range(5)), **{name: {} for name in names})
    durable = Durable(graph)
    keep, left = durable.store.put_entry, [3]

    def dying(tenant: str, execution: str, entry: Any) -> Any:
        if not left[0]:
            left[0] -= 1
            raise Killed("signal 9")
        left[0] -= 1
        return keep(tenant, execution, entry)

    durable.store.put_entry = dying
    definition = compile_flow(durable.flow.plan, granularity="region").definition
    EXECUTED.clear()
    asyncio.run(durable.interpret(definition, durable.start({}, {})))
    assert durable.report()["status"] == "completed"
    assert executed() == {**dict.fromkeys(names, 1), "n3": 2}, "only what was not written"


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_loop_is_entered_again_before_its_time_is_up(granularity, concurrency):
    graph = flow(
        "l.body>m m>n l>z",
        l={"type": "each", "items": list(range(10)), "concurrency": concurrency},
        m={}, n={}, z={},
    )  # fmt: skip
    durable = Durable(graph)
    keep, kept = durable.store.put_item, []
    durable.store.put_item = lambda *what: (keep(*what), kept.append(what))

    async def invoke(payload: Any) -> Any:
        return await durable.runner.handle(payload, lambda: 10.0 if len(kept) in (3, 6) else 100.0)

    durable.invoke = invoke  # type: ignore[method-assign]
    found = runs(durable, granularity)
    assert durable.report()["status"] == "completed"
    assert len(durable.report()["entries"]["l"]["output"]["loop_results"]) == 10
    assert set(executed().values()) == {1}
    assert len(executed()) == 21
    assert found.calls >= 4


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_two_megabytes_through_twenty_nodes_are_written_once(granularity):
    names = [f"n{i}" for i in range(20)]
    edges = " ".join(f"n{i}>n{i + 1}" for i in range(19))
    durable = Durable(flow(edges, **{name: {} for name in names}))
    runs(durable, granularity, {"big": "x" * 2_000_000})
    found = durable.report()
    assert found["status"] == "completed"
    assert len(found["result"]["big"]) == 2_000_000
    assert durable.blobs.writes == 1
    rows = durable.store._tables.items.values()
    assert max(len(str(row)) for row in rows) < 10_000


def test_a_large_output_is_written_by_its_node_and_read_by_the_others():
    durable = Durable(flow(CHAIN, a={"form": "add", "value": "y" * 200_000}, b={}, c={}))
    runs(durable, "node")
    assert durable.blobs.writes == 1
    assert durable.report()["result"]["step"] == "y" * 200_000


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_loop_s_function_that_dies_goes_on_with_the_item_it_was_at(granularity):
    graph = flow("l.body>m l>z", l={"type": "each", "items": list(range(6))}, m={}, z={})
    durable = Durable(graph)
    keep, left = durable.store.put_item, [4]

    def dying(*what: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed("signal 9")
        keep(*what)

    durable.store.put_item = dying
    runs(durable, granularity)
    assert durable.report()["status"] == "completed"
    assert len(durable.report()["entries"]["l"]["output"]["loop_results"]) == 6
    assert set(executed().values()) == {1}, "the node's entry was written before"


def test_a_node_that_hangs_is_stopped_before_its_function_is():
    class Hang(BlockingNode):
        type = "hang"

        async def execute(self, config, data, context):
            await asyncio.sleep(3600)

    graph = FlowGraph(nodes=(Node(id="h", type="hang"),))
    loaded = load(graph, NodeRegistry(Hang))
    store = TablesRecordStore(MemoryTables(), "executions", MemoryBlobs())
    runner = NodeRunner(store, lambda tenant, version: loaded)
    state = start_run(store, TENANT, "x", "v1", {})
    request = {"node": "h", "mode": "run", "state": state}
    told = asyncio.run(runner.handle(request, lambda: 5.5))
    assert told["route"] is None
    assert store.entry(TENANT, "x", "h").error.type == "Timeout"


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_what_nodes_share_reaches_those_behind_them(granularity):
    setting = {"form": "text", "value": "{{ 'x' | set_runtime('mark', data.k) }}"}
    reading = {"form": "text", "value": "{{ runtime.mark }}!"}
    durable = Durable(flow("a>q q>b", a=setting, q={"type": "ask"}, b=reading))
    runs(durable, granularity, {"k": 7})
    assert durable.report()["entries"]["b"]["output"]["step_2"]["text"] == "7!"


def test_tenants_do_not_meet_under_the_same_execution_id():
    graph = flow("", a={})
    tables, blobs = MemoryTables(), MemoryBlobs()
    store = TablesRecordStore(tables, "executions", blobs)
    loaded = load(graph, REGISTRY)
    runner = NodeRunner(store, lambda tenant, version: loaded)
    big = "z" * 100_000
    for tenant in ("t1", "t2"):
        state = start_run(store, tenant, "x", "v1", {"who": tenant, "big": big})
        request = {"node": "a", "mode": "run", "state": state}
        asyncio.run(runner.handle(request))
    assert {name.partition("/")[0] for name in blobs.texts} == {"t1", "t2"}
    assert {key[1].partition("#")[0] for key in tables.items} == {"t1", "t2"}
    assert store.header("t1", "x").given["who"] == "t1"


WAITERS = NodeRegistry(Step, Pick, Each, Ask, ApprovalNode, DelayNode, SubWorkflowNode)


class Waiters:
    """A runner for flows that wait, asked state by state."""

    def __init__(self, graph: FlowGraph) -> None:
        self.store = TablesRecordStore(MemoryTables(), "executions", MemoryBlobs())
        loaded = load(graph, WAITERS)
        self.prepared: list[Any] = []
        self.started: list[str] = []
        self.resumed: list[str] = []
        self.runner = NodeRunner(
            self.store, lambda tenant, version: loaded, children=lambda tenant: self,
            clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        self.state = start_run(self.store, TENANT, "x", "v1", {"k": 1})

    def prepare(self, workflow: str, given: Any, key: str, parent: Any) -> str:
        self.prepared.append((workflow, given, key))
        start_run(self.store, TENANT, "child", "v1", given, parent=parent)
        return "child"

    def start(self, execution: str) -> None:
        self.started.append(execution)

    def succeed(self, token: str, output: Any) -> None:
        self.resumed.append(token)

    def begin(self, workflow: str, given: Any, key: str) -> str:
        return "started"

    def ask(self, node: str, mode: str, **more: Any) -> dict[str, Any]:
        request = {"node": node, "mode": mode, "state": self.state, **more}
        self.state = asyncio.run(self.runner.handle(request))
        return self.state

    def entry(self, node: str) -> Any:
        return self.store.entry(TENANT, "x", node)


def test_a_delay_is_waited_for_by_the_state_machine():
    world = Waiters(flow("", d={"type": "delay", "interval": 30}))
    told = world.ask("d", "run")
    assert (told["waits"], told["until"]) == ("timer", "2026-01-01T00:00:30.000000Z")
    assert world.entry("d").status is Status.WAITING
    assert world.ask("d", "answer")["route"] == "default"
    assert world.entry("d").status is Status.COMPLETED


def test_an_approval_leaves_by_the_decision():
    config = {"type": "approval", "approvers": ["a@b.c"], "timeout_seconds": 3600}
    world = Waiters(flow("p.approved>a p.rejected>b", p=config, a={}, b={}))
    told = world.ask("p", "run")
    assert told["waits"] == "callback"
    assert told["seconds"] > 0
    world.ask("p", "token", token="secret")
    assert world.store.note(TENANT, "x", "token", "p") == {"token": "secret"}
    decision = {"decision": "rejected", "by": "ann"}
    assert give_answer(world.store, TENANT, "x", "p", decision) == "secret"
    assert world.ask("p", "answer")["route"] == "rejected"
    assert world.entry("p").output["approval"]["by"] == "ann"
    with pytest.raises(NotWaitingError, match="p: waits for no answer"):
        give_answer(world.store, TENANT, "x", "p", decision)
    with pytest.raises(NotWaitingError):
        give_answer(world.store, "t2", "x", "p", decision)


@pytest.mark.parametrize("outcome", ["expired", "approved"])
def test_an_approval_that_nobody_gives_ends_as_it_says(outcome):
    config = {"type": "approval", "approvers": ["a@b.c"], "on_timeout": outcome}
    world = Waiters(flow("p.approved>a p.expired>b", p=config, a={}, b={}))
    world.ask("p", "run")
    world.state["route"] = {"Error": "States.Timeout", "Cause": ""}
    assert world.ask("p", "answer")["route"] == outcome


def test_a_question_that_nobody_answers_fails_by_time():
    world = Waiters(flow("", q={"type": "ask"}))
    world.ask("q", "run")
    world.state["route"] = {"Error": "States.Timeout", "Cause": ""}
    world.ask("q", "answer")
    assert world.entry("q").error.type == "Timeout"


def test_a_sub_workflow_s_result_is_the_node_s():
    world = Waiters(flow("", s={"type": "sub-workflow", "workflow": "w"}))
    told = world.ask("s", "run")
    assert told["waits"] == "callback"
    assert world.prepared == [("w", {"k": 1}, "x/s")]
    assert world.started == []
    world.ask("s", "token", token="secret")
    assert world.started == ["child"]
    header = world.store.header(TENANT, "child").ended(Status.COMPLETED, {"r": 2}, None)
    world.store.put_header(TENANT, "child", header)
    tell_parent(world.store, world, TENANT, header)
    assert world.resumed == ["secret"]
    assert world.ask("s", "answer")["route"] == "default"
    assert world.entry("s").output["sub_workflow"] == {"r": 2}


def test_a_sub_workflow_that_failed_fails_the_node():
    world = Waiters(flow("s.error>a", s={"type": "sub-workflow", "workflow": "w"}, a={}))
    world.ask("s", "run")
    world.state["route"] = {"Error": "States.TaskFailed", "Cause": "it failed"}
    assert world.ask("s", "answer")["route"] == "error"
    assert world.entry("s").error.message == "child: it failed"
