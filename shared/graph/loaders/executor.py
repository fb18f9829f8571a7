"""The executor's format (seed 003): configurations by kind of node, conditions with true and false.

Edges back to a loop, which its editor draws from the end of a body, are left out: a body ends by
itself. An edge without a label behind a condition is followed whatever the condition says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.graph import topology
from shared.graph.errors import GraphError
from shared.graph.kinds import BODY, DEFAULT, handle_name

Raw = Mapping[str, Any]
_CONFIGS: Final = ("agent_config", "condition_config", "loop_config", "input_config")
_MARKS: Final = (*_CONFIGS, "data")
_NO_MEANING: Final = (
    "true_branch", "false_branch", "label", "name", "description", "type", "agent_type",
)  # fmt: skip


def recognizes(raw: Raw) -> bool:
    """Whether this is its format."""
    return any(
        isinstance(node, Mapping) and any(mark in node for mark in _MARKS)
        for node in raw.get("nodes") or ()
    )


def converted(raw: Raw) -> dict[str, Any]:
    """The same flow in our format.

    Raises:
        GraphError: a node cannot be read; the message says which.
    """
    nodes = [_node(node, number) for number, node in enumerate(raw.get("nodes") or ())]
    types = {node["id"]: node["type"] for node in nodes}
    edges = [edge for raw_edge in raw.get("edges") or () for edge in _edges(raw_edge, types)]
    kept = ("id", "name", "description", "version", "variables", "settings", "env", "type")
    return {
        **{name: raw[name] for name in kept if raw.get(name) is not None},
        "nodes": nodes,
        "edges": _without_returns(edges, types),
    }


def _node(raw: Raw, number: int) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not raw.get("id") or not raw.get("type"):
        raise GraphError(f"Invalid node data at index {number}: it needs an id and a type")
    data = raw.get("data") or {}
    config: dict[str, Any] = {}
    for name in _CONFIGS:
        config |= raw.get(name) or data.get(name) or {}
    known = {name: value for name, value in config.items() if name not in _NO_MEANING}
    return {
        "id": str(raw["id"]),
        "type": str(raw["type"]).replace("_", "-"),
        "name": raw.get("name") or data.get("label") or "",
        "description": raw.get("description") or "",
        "config": {name: value for name, value in known.items() if value not in (None, "")},
        "inputs": raw.get("inputs") or (),
        "position": raw.get("position") or {},
    }


def _edges(raw: Raw, types: Mapping[str, str]) -> list[dict[str, Any]]:
    source, target = str(raw.get("source")), str(raw.get("target"))
    written = raw.get("sourceHandle") or raw.get("source_handle") or raw.get("label")
    handle = handle_name(written if isinstance(written, str) else None)
    ways = [handle]
    if types.get(source) == "condition" and handle not in ("true", "false", "yes", "no"):
        ways = ["true", "false"]
    if types.get(source) == "loop" and handle in ("loop", "loop_body", "iteration"):
        ways = [BODY]
    elif types.get(source) == "loop" and handle != BODY:
        ways = [DEFAULT]
    return [
        {"id": str(raw.get("id") or f"e-{source}-{target}"), "source": source, "target": target,
         "sourceHandle": way, "label": raw.get("label") or ""}
        for way in ways
    ]  # fmt: skip


def _without_returns(edges: Sequence[Raw], types: Mapping[str, str]) -> list[Raw]:
    following: dict[str, list[str]] = {}
    for edge in edges:
        following.setdefault(edge["source"], []).append(edge["target"])
    inside: dict[str, set[str]] = {}
    for edge in edges:
        if types.get(edge["source"]) == "loop" and edge["sourceHandle"] == BODY:
            elsewhere = {name: to for name, to in following.items() if name != edge["source"]}
            found = topology.reachable([edge["target"]], elsewhere)
            inside.setdefault(edge["source"], set()).update(found)
    return [e for e in edges if e["source"] not in inside.get(e["target"], ())]
