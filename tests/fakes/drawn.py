"""Random flows whose nodes decide by their input alone, and a slow engine that only asks `settle`.

The slow engine runs one ready node at a time, in any order: what it finds is what every engine
must find.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from shared.graph import (
    BlockingNode,
    Data,
    Edge,
    Entry,
    FlowGraph,
    Form,
    Node,
    NodeContext,
    NodeError,
    NodeFailedError,
    NodeRegistry,
    NodeResult,
    Record,
    Status,
    loops,
    outcome,
)  # fmt: skip
from shared.graph.merge import Item
from shared.graph.plan import Scope, Step
from shared.graph.settle import Settlement, input_of, settle
from shared.graph.values import FrozenDict, canonical, freeze
from shared.nodes.loop import Loop

KEYS = ("x", "y", "list", "out")
ROUTES = ("default", "yes", "no")


class DrawnConfig(BaseModel):
    """What there is to choose from."""

    seed: int = 0
    routes: tuple[str, ...] = ("default",)
    failing: float = 0.0


class Drawn(BlockingNode[DrawnConfig]):
    """Gives, chooses or fails as its id and its data say."""

    type = "drawn"
    Config = DrawnConfig
    output_key = "out"

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(config.get("routes", ("default",)))

    async def execute(self, config: DrawnConfig, data: Data, context: NodeContext) -> Any:
        for _ in range(random.randrange(3)):
            await asyncio.sleep(0)
        return decided(config, data, context.node_id)


def decided(config: DrawnConfig, data: Mapping[str, Any], node: str) -> NodeResult:
    """What a node gives for its data."""
    draw = random.Random(f"{config.seed} {node} {canonical(freeze(dict(data)))}")
    if draw.random() < config.failing:
        raise NodeFailedError("Boom", node)
    route = draw.choice(config.routes)
    value = draw.choice([node, 1, 2.0, [1, 2], {"a": node}, None])
    form = draw.choice([Form.ADD, Form.ADD, Form.UPDATE, Form.UPDATE, Form.REPLACE])
    if form is Form.ADD:
        return NodeResult(value, route)
    keys = draw.sample(KEYS, 2)
    kept = dict(data) if form is Form.REPLACE and draw.random() < 0.5 else {}
    return NodeResult({**kept, **dict.fromkeys(keys, value)}, route, form)


REGISTRY = NodeRegistry(Drawn, Loop)


@st.composite
def flows(draw: st.DrawFn, depth: int = 2) -> FlowGraph:
    """Branches, joins, diamonds, error edges, parallel sinks, nested loops, failures."""
    failing = draw(st.sampled_from([0.0, 0.1, 0.3]))
    nodes: list[Node] = []
    edges: list[Edge] = []
    _scope(draw, nodes, edges, "", depth, failing)
    shuffled = draw(st.permutations(nodes)) if draw(st.booleans()) else nodes
    return FlowGraph(nodes=tuple(shuffled), edges=tuple(edges))


def _scope(
    draw: Any, nodes: list[Node], edges: list[Edge], prefix: str, depth: int, failing: float
) -> list[str]:
    names = [f"{prefix}{number}" for number in range(draw(st.integers(1, 7 if not prefix else 3)))]
    outputs: dict[str, tuple[str, ...]] = {}
    for name in names:
        if depth and draw(st.integers(0, 5)) == 0:
            outputs[name] = ("default", "error")
            config = {
                "items": draw(st.sampled_from([[], [1], [1, 2, 3], ["a", {"b": 1}]])),
                "concurrency": draw(st.sampled_from([1, 3])),
                "on_error": draw(st.sampled_from(["stop", "continue"])),
            }
            nodes.append(Node(id=name, type="loop", config=config))
            inside = _scope(draw, nodes, edges, f"{name}_", depth - 1, failing)
            led = {edge.target for edge in edges}
            edges += [
                Edge(source=name, target=each, source_handle="body")
                for each in inside
                if each not in led
            ]
            continue
        routes = draw(st.sampled_from([("default",), ("yes", "no"), ("default", "yes")]))
        outputs[name] = (*routes, "error")
        config = {"seed": draw(st.integers(0, 99)), "routes": routes, "failing": failing}
        nodes.append(Node(id=name, type="drawn", config=config))
    pairs = [(a, b) for number, b in enumerate(names) for a in names[:number]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10)) if pairs else []
    for source, target in chosen:
        ways = outputs[source]
        handle = ways[0] if draw(st.integers(0, 2)) else draw(st.sampled_from(ways))
        edges.append(Edge(source=source, target=target, source_handle=handle))
    return names


def run_slowly(scope: Scope, record: Record, base: Mapping[str, Any], path: str,
               order: random.Random) -> Settlement:  # fmt: skip
    """Runs a scope by asking `settle` before each step."""
    while True:
        found = settle(scope, record, base, path)
        ready = found.ready()
        if not ready:
            return found
        step = scope.by_id[order.choice(ready)]
        entry = _entry(scope, step, record, base, path, order, found)
        entry.path = path
        record.put(entry)


def _entry(scope: Scope, step: Step, record: Record, base: Mapping[str, Any], path: str,
           order: random.Random, found: Settlement) -> Entry:  # fmt: skip
    item = input_of(scope, step, found.entries.__getitem__, base)
    if step.body is not None:
        return _loop(step, record, base, path, order, item)
    config = DrawnConfig.model_validate(step.node.config)
    try:
        result = decided(config, item.view(base), step.id)
    except NodeFailedError as error:
        told = NodeError.of(error, step.id)
        return outcome.failed(step.id, item, told, step.catches)
    return outcome.completed(step.id, "out", result.route, item, base, result)


def _loop(step: Step, record: Record, base: Mapping[str, Any], path: str, order: random.Random,
          item: Item) -> Entry:  # fmt: skip
    items, together = freeze(step.node.config["items"]), step.node.config["concurrency"] > 1
    stop = step.node.config["on_error"] == "stop"
    ended = []
    for index in range(len(items)):
        results = [] if together else [loops.result_of(each) for each in ended]
        given = loops.item_input(item.view(base), items, index, results)
        inner = loops.item_path(path, step.id, index)
        body = run_slowly(step.body, record, given, inner, order)  # type: ignore[arg-type]
        ended.append(loops.item_result(loops.item_key(path, step.id, index), body))
        if ended[-1].error and stop and not together:
            break
    error = loops.first_failure(step.id, ended) if stop else None
    if error:
        return outcome.failed(step.id, item, error, step.catches)
    told = [loops.result_of(each) for each in ended]
    entry = outcome.completed(step.id, "loop_results", "default", item, base, told)
    last = items[-1] if items else None
    state = loops.loop_state(items, entry.result, max(len(items) - 1, 0), last)
    return loops.with_state(entry, state)


def plain(record: Record) -> dict[str, Any]:
    """A record without times and attempts: what both engines must agree on."""
    kept = ("status", "route", "output", "writers", "keeps", "result_key", "error")
    return {
        entry.key: {name: getattr(entry, name) for name in kept}
        for entry in record
        if entry.status in (Status.COMPLETED, Status.FAILED)
    }


BASE = FrozenDict({"x": "given", "in": 1})
