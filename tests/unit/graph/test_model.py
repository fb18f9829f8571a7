"""The model: what a graph's JSON says, what a registry finds, what a policy allows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from shared.graph import (
    BlockingNode,
    Entry,
    FlowGraph,
    GraphError,
    NoConfig,
    NodeContext,
    NodeError,
    NodeRegistry,
    RetryPolicy,
    Status,
    handle_name,
)


class Echo(BlockingNode[NoConfig]):
    type = "echo"
    aliases = ("repeat",)

    def execute(self, config: NoConfig, data: dict[str, Any], context: NodeContext) -> Any:
        return data


@pytest.mark.parametrize(
    ("raw", "name"),
    [(None, "default"), ("", "default"), ("Yes", "yes"), ("subdag", "body"), (" Error ", "error")],
)
def test_handles_are_compared_in_one_form(raw: str | None, name: str) -> None:
    assert handle_name(raw) == name


def test_a_flow_survives_its_own_json() -> None:
    raw = {
        "name": "greet",
        "nodes": [{"id": "a", "type": "echo", "retry": {"attempts": 3}}, {"id": "b", "type": "x"}],
        "edges": [{"source": "a", "target": "b", "sourceHandle": "Yes"}],
    }
    graph = FlowGraph.model_validate(raw)
    assert graph.edges[0].source_handle == "yes"
    assert FlowGraph.model_validate(graph.as_json()) == graph
    assert graph.as_json()["edges"] == [{"source": "a", "target": "b", "sourceHandle": "yes"}]


def test_a_misspelt_field_is_named() -> None:
    with pytest.raises(ValidationError, match=r"nodes.0.confg"):
        FlowGraph.model_validate({"nodes": [{"id": "a", "type": "echo", "confg": {}}]})


def test_two_types_of_one_identifier_are_an_error() -> None:
    class Other(BlockingNode[NoConfig]):
        type = "repeat"

    registry = NodeRegistry(Echo)
    assert registry.get("repeat") is Echo
    assert list(registry) == ["echo"]
    with pytest.raises(GraphError, match=r"repeat: both Echo and .*Other"):
        registry.register(Other)


def test_an_unknown_type_is_answered_with_those_that_exist() -> None:
    with pytest.raises(GraphError, match=r"'nope'; there are echo"):
        NodeRegistry(Echo).get("nope")


def test_an_identifier_is_kebab_case() -> None:
    with pytest.raises(TypeError, match="kebab-case"):
        type("Bad", (BlockingNode,), {"type": "Bad_Name"})


def test_a_retry_policy_counts_all_tries_and_draws_its_pauses() -> None:
    policy = RetryPolicy(errors=("Throttled",), attempts=3, interval=2, rate=3, maximum=5)
    assert [policy.again("Throttled", n) for n in (1, 2, 3)] == [True, True, False]
    assert not policy.again("ValueError", 1)
    assert [policy.pause(n, lambda low, high: high) for n in (1, 2, 3)] == [2, 5, 5]
    assert policy.pause(2, lambda low, high: low) == 0


def test_an_entry_survives_its_own_json() -> None:
    entry = Entry("a", Status.FAILED, "loop[1]/", error=NodeError("Boom", "it broke", "a"))
    assert Entry.from_json(entry.as_json()) == entry
    assert entry.key == "loop[1]/a"
