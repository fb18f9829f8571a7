"""A draft as an editor draws it: nodes with their ports and types, edges between ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.graph import BODY, DEFAULT, ERROR, Edge, FlowGraph, Kind, Node, NodeRegistry
from shared.graph.registry import NodeClass
from shared.nodes.catalogue import described
from shared.workflows.drawing import edge_id

_LABELS: Final = {DEFAULT: "", BODY: "Body", ERROR: "Error"}
_SHOWN: Final = (
    "type", "label", "description", "category", "icon", "kind", "pool", "modes", "needs", "waits",
)  # fmt: skip


def canvas(graph: FlowGraph, registry: NodeRegistry) -> dict[str, list[dict[str, Any]]]:
    """Nodes and edges as they are drawn; a node of an unknown type has the ports of its edges."""
    types = {node.type: registry.find(node.type) for node in graph.nodes}
    shown = {name: metadata(name, found) for name, found in types.items()}
    nodes = [
        {**raw_node(node), "node_type": shown[node.type],
         "ports": ports(node, types[node.type], graph.edges)}
        for node in graph.nodes
    ]  # fmt: skip
    return {"nodes": nodes, "edges": [raw_edge(edge) for edge in graph.edges]}


def metadata(name: str, definition: NodeClass | None) -> dict[str, Any]:
    """What an editor needs to know of a type."""
    if definition is None:
        return {"type": name, "label": name, "kind": "unknown", "known": False}
    found = described(definition)
    return {**{field: found[field] for field in _SHOWN}, "known": True}


def ports(node: Node, definition: NodeClass | None, edges: Sequence[Edge]) -> dict[str, Any]:
    """Where edges may enter and leave; a producer has no way in."""
    if definition is None:
        used = {edge.source_handle for edge in edges if edge.source == node.id}
        outputs = sorted(used | {DEFAULT})
    else:
        outputs = [*_outputs(definition, node.config), ERROR]
    loop = definition is not None and definition.kind is Kind.LOOP
    inputs = [] if definition and definition.kind is Kind.PRODUCER else [DEFAULT]
    return {
        "inputs": [{"id": name, "label": ""} for name in inputs],
        "outputs": [{"id": name, "label": _label(name, loop)} for name in outputs],
    }


def raw_node(node: Node) -> dict[str, Any]:
    """A node as seed 001's editor keeps it, with what ours adds."""
    position = {"x": node.position.x, "y": node.position.y}
    return {
        "id": node.id, "node_type": node.type, "name": node.name, "form_values": dict(node.config),
        "position": position, **position, "output_key": node.output_key,
    }  # fmt: skip


def raw_edge(edge: Edge) -> dict[str, Any]:
    """An edge as editors keep it."""
    return {
        "id": edge_id(edge), "source": edge.source, "target": edge.target,
        "sourceHandle": edge.source_handle, "targetHandle": edge.target_handle,
        "label": edge.label or _label(edge.source_handle, False),
    }  # fmt: skip


def _outputs(definition: NodeClass, config: Mapping[str, Any]) -> Sequence[str]:
    """What its configuration makes of a node; a draft's may not be readable yet."""
    try:
        return definition.outputs(config)
    except Exception:
        return (DEFAULT,)


def _label(handle: str, loop: bool) -> str:
    return "Out" if loop and handle == DEFAULT else _LABELS.get(handle, handle.capitalize())
