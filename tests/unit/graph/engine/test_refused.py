"""What the inline engine does not begin."""

from __future__ import annotations

import pytest

from shared.graph import GraphError
from shared.graph.plan import MAX_LOOPS
from tests.fakes.graphs import graph, node, plain, run


def test_a_node_is_not_taken_for_the_body_of_an_item() -> None:
    nodes = [node("each", "loop", items=[1, 2]), plain("b"), plain("each[0]/b")]
    with pytest.raises(GraphError, match=r"each\[0\]/b: an id must not contain"):
        run(graph(nodes[:2], "each:body>b").model_copy(update={"nodes": tuple(nodes)}))


def nested(depth: int):
    nodes = [node(f"l{i}", "loop", items=[1]) for i in range(depth)]
    wires = " ".join(f"l{i}:body>l{i + 1}" for i in range(depth - 1))
    return graph([*nodes, plain("core")], f"{wires} l{depth - 1}:body>core")


def test_loops_are_nested_as_deep_as_is_allowed() -> None:
    assert run(nested(MAX_LOOPS)).status == "completed"
    with pytest.raises(GraphError, match="stands in more than 10 loops"):
        run(nested(200))
