"""The orchestrator's formats: as its engine runs them, and as it stores them (seed 001).

Its engine reads nodes `{id, type, data: {form, config}}` and `edges`; its store keeps nodes
`{id, node_type, form_values, config}` and `connections`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.graph.errors import GraphError

Raw = Mapping[str, Any]


def recognizes(raw: Raw) -> bool:
    """Whether this is one of its formats."""
    return "connections" in raw or any(
        isinstance(node, Mapping) and ("node_type" in node or "form" in (node.get("data") or {}))
        for node in raw.get("nodes") or ()
    )


def converted(raw: Raw) -> dict[str, Any]:
    """The same flow in our format.

    Raises:
        GraphError: a node or a connection is incomplete; the message says which.
    """
    nodes = [_node(node, number) for number, node in enumerate(raw.get("nodes") or ())]
    if not nodes:
        raise GraphError("Workflow has no nodes")
    known = {node["id"] for node in nodes}
    edges = raw.get("edges") if "edges" in raw else raw.get("connections")
    kept = {name: raw[name] for name in ("id", "name", "description", "version", "variables")
            if raw.get(name) is not None}  # fmt: skip
    return {
        **kept,
        "type": raw.get("type") or raw.get("workflow_type") or "production",
        "nodes": nodes,
        "edges": [_edge(edge, number, known) for number, edge in enumerate(edges or ())],
        "env": raw.get("env") or {},
        "settings": _settings(raw.get("settings") or {}),
    }


def _node(raw: Raw, number: int) -> dict[str, Any]:
    kind = raw.get("type") or raw.get("node_type")
    if not raw.get("id"):
        raise GraphError(f"Node at index {number} has no id")
    if not kind:
        raise GraphError(f"Node at index {number} has no node_type")
    data = raw.get("data") or {}
    form = data.get("form") or raw.get("form_values") or {}
    config = data.get("config") or raw.get("config") or {}
    position = raw.get("position") or {"x": raw.get("x") or 0, "y": raw.get("y") or 0}
    return {
        "id": str(raw["id"]),
        "type": str(kind),
        "config": {**config, **form},
        "position": position,
    }


def _edge(raw: Raw, number: int, known: set[str]) -> dict[str, Any]:
    source = str(raw.get("source") or raw.get("source_node"))
    target = str(raw.get("target") or raw.get("target_node"))
    for end, what in ((source, "source"), (target, "target")):
        if end not in known:
            raise GraphError(f"Connection {number} references unknown {what} node {end!r}")
    handle = raw.get("sourceHandle") or raw.get("source_handle")
    return {"source": source, "target": target, "sourceHandle": handle}


def _settings(raw: Raw) -> dict[str, Any]:
    pool = raw.get("fork_execution_pool")
    rest = {name: value for name, value in raw.items() if name != "fork_execution_pool"}
    return {**rest, "pool": str(pool).lower()} if pool else rest
