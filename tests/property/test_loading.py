"""Whatever JSON is given as a flow, it is read or refused by name; nothing else happens."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.graph import FlowGraph, GraphError
from shared.graph.loaders import load_flow

KEYS = st.sampled_from(
    ["id", "type", "node_type", "data", "form", "config", "form_values", "position", "x", "y",
     "source", "target", "source_node", "target_node", "sourceHandle", "source_handle", "label",
     "agent_config", "condition_config", "loop_config", "inputs", "name", "settings", "pool"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "loop", "yes"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
TOP = st.sampled_from(
    ["nodes", "edges", "connections", "env", "variables", "settings", "type", "workflow_type", "id"]
)
PARTS = st.lists(st.dictionaries(KEYS, JSON, max_size=6) | JSON, max_size=3)


@settings(max_examples=600, deadline=None)
@given(st.dictionaries(TOP, PARTS | JSON, max_size=6))
def test_any_json_is_read_or_refused(raw: dict[str, Any]) -> None:
    try:
        found = load_flow(raw)
    except GraphError:
        return
    assert isinstance(found, FlowGraph)
