"""What the inline engine does not begin."""

from __future__ import annotations

import pytest

from shared.graph import GraphError
from shared.graph.plan import MAX_LOOPS
from shared.graph.validation import validate
from tests.fakes.graphs import REGISTRY, graph, node, plain, run


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


def test_a_loop_over_a_list_that_is_missing_fails_and_loops_over_nothing_else() -> None:
    looping = node("each", "loop", items="{{ data.missing }}")
    done = run(graph([looping, plain("b")], "each:body>b"), {"list": [1, 2]})
    assert done.error is not None
    assert "items: {{ data.missing }} gives nothing" in done.error.message
    assert "b" not in done.record.entries


def test_a_run_until_a_node_that_is_not_there_is_refused() -> None:
    with pytest.raises(GraphError, match="until: there is no node 'zzz'"):
        run(graph("a"), until="zzz")


def test_what_the_engine_refuses_is_not_valid() -> None:
    (problem,) = validate(nested(MAX_LOOPS + 2), REGISTRY).errors
    assert "stands in more than 10 loops" in str(problem)
