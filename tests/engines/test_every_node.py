"""Every node type does on both engines what its example says."""

from __future__ import annotations

import pytest

from shared.graph import Kind
from shared.nodes import registry
from tests.engines.both import on_both
from tests.fakes.graphs import graph, node

TYPES = list(registry())
BODY = [node("body", "set-fields", fields={"done": "{{ data.forEachNode.state.item }}"})]


@pytest.mark.parametrize("name", TYPES)
def test_the_example_of_a_node_type_is_true_on_both_engines(name):
    definition = registry().get(name)
    example = definition.example
    looping = definition.kind is Kind.LOOP
    nodes = [node("it", name, **example.config), *(BODY if looping else [])]
    found = on_both(graph(nodes, "it:body>body" if looping else ""), example.data)
    assert found["error"] is None
    assert found["status"] == "completed"
    result = {name: value for name, value in found["result"].items() if name != "forEachNode"}
    assert result in (example.result, {**example.data, **example.result})
