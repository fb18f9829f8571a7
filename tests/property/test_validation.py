"""Validation answers about any graph, and what it lets pass can be planned and run."""

from __future__ import annotations

import asyncio

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.graph import FlowGraph, Status
from shared.graph.engine import FlowEngine
from shared.graph.model import Edge, Node
from shared.graph.validation import validate
from tests.fakes.graphs import REGISTRY

NAMES = ("a", "b", "c", "d", "e")
HANDLES = ("default", "yes", "no", "body", "error", "odd")
TYPES = ("start", "end", "scripted", "loop", "condition", "numbers", "hand-over", "nope")
CONFIGS = ({}, {"expression": "1 == 1"}, {"items": [1, 2]}, {"odd": 1}, {"value": "{{ data.x }}"})


@st.composite
def graphs(draw: st.DrawFn) -> FlowGraph:
    nodes = draw(st.lists(st.builds(
        Node, id=st.sampled_from(NAMES), type=st.sampled_from(TYPES),
        config=st.sampled_from(CONFIGS),
    ), max_size=6))  # fmt: skip
    edges = draw(st.lists(st.builds(
        Edge, source=st.sampled_from(NAMES), target=st.sampled_from(NAMES),
        source_handle=st.sampled_from(HANDLES),
    ), max_size=8))  # fmt: skip
    kind = draw(st.sampled_from(["api", "production"]))
    return FlowGraph(nodes=tuple(nodes), edges=tuple(edges), type=kind)


@given(graphs())
@settings(max_examples=400, deadline=None)
def test_any_graph_whatsoever_is_answered(graph: FlowGraph) -> None:
    for problem in validate(graph, REGISTRY).problems:
        assert problem.problem
        assert problem.fix


def tame(graph: FlowGraph) -> FlowGraph:
    """The same graph, nearer to one that can run, so that enough of them do."""
    nodes = {node.id: node for node in graph.nodes if node.type in ("start", "loop", "scripted")}
    order = list(nodes)
    usable = {"start": {}, "scripted": {}, "loop": {"items": [1, 2]}}
    made = tuple(node.model_copy(update={"config": usable[node.type]}) for node in nodes.values())
    kept = [
        edge.model_copy(update={"source_handle": handle})
        for edge in graph.edges
        for handle in [edge.source_handle if edge.source_handle in ("body", "error") else "default"]
        if edge.source in nodes
        and edge.target in nodes
        and order.index(edge.source) < order.index(edge.target)
    ]
    return FlowGraph(nodes=made, edges=tuple(kept))


@given(graphs())
@settings(max_examples=400, deadline=None)
def test_what_is_valid_runs_to_its_end(graph: FlowGraph) -> None:
    graph = tame(graph)
    assume(validate(graph, REGISTRY).ok)
    run = asyncio.run(FlowEngine(REGISTRY).run(graph, {"x": 1}))
    assert run.status is Status.COMPLETED
    assert run.settlement.settled
