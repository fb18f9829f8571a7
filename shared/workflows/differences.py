"""What changed between two graphs, by node, edge and setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.graph.model import Edge, FlowGraph

Kind = Literal["added", "removed", "changed"]
_APPEARANCE = {"position"}
"""Where a node is drawn changes nothing of what runs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them; `where` is e.g. `node score config.output` or `edge a[yes] -> b`."""

    kind: Kind
    where: str
    old: Any = None
    new: Any = None


def differences(old: FlowGraph, new: FlowGraph) -> list[Difference]:
    """Everything that differs and means something, nodes first."""
    return [*_nodes(old, new), *_edges(old, new), *_rest(old, new)]


def _nodes(old: FlowGraph, new: FlowGraph) -> Iterator[Difference]:
    before = {node.id: node.model_dump(mode="json", exclude=_APPEARANCE) for node in old.nodes}
    after = {node.id: node.model_dump(mode="json", exclude=_APPEARANCE) for node in new.nodes}
    for node_id in [*before, *(n for n in after if n not in before)]:
        where = f"node {node_id}"
        if node_id not in after:
            yield Difference("removed", where, old=before[node_id])
        elif node_id not in before:
            yield Difference("added", where, new=after[node_id])
        else:
            yield from _values(where, before[node_id], after[node_id])


def _edges(old: FlowGraph, new: FlowGraph) -> Iterator[Difference]:
    before, after = [[_edge(edge) for edge in graph.edges] for graph in (old, new)]
    yield from (Difference("removed", edge) for edge in before if edge not in after)
    yield from (Difference("added", edge) for edge in after if edge not in before)
    kept = [edge for edge in before if edge in after]
    if kept != [edge for edge in after if edge in before]:
        yield Difference("changed", "order of edges", kept, [e for e in after if e in before])


def _rest(old: FlowGraph, new: FlowGraph) -> Iterator[Difference]:
    for part in ("variables", "env", "type"):
        yield from _values(part, getattr(old, part), getattr(new, part))
    before, after = old.settings.model_dump(mode="json"), new.settings.model_dump(mode="json")
    yield from _values("settings", before, after)


def _values(where: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield Difference("changed", where, old, new)
        return
    for key in [*old, *(k for k in new if k not in old)]:
        inside = f"{where}.{key}" if " " not in where[-1:] else f"{where}{key}"
        if key not in new:
            yield Difference("removed", inside, old=old[key])
        elif key not in old:
            yield Difference("added", inside, new=new[key])
        else:
            yield from _values(inside, old[key], new[key])


def _edge(edge: Edge) -> str:
    handle = f"[{edge.source_handle}]" if edge.source_handle != "default" else ""
    return f"edge {edge.source}{handle} -> {edge.target}"
