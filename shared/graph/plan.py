"""A graph as the engines read it: made once, then only looked up.

A flow is a tree of scopes: the flow itself, and one for the body of each loop. Inside a scope,
nodes are numbered in node order, edges in edge order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from shared.graph import topology
from shared.graph.errors import GraphError
from shared.graph.kinds import BODY, ERROR, Kind
from shared.graph.model import Edge, FlowGraph, Node
from shared.graph.node import BaseNode
from shared.graph.registry import NodeRegistry

ENTRY: Final = -1
"""The source of the edge through which a scope's own input comes in."""
MAX_LOOPS: Final = 10
"""Loops that a node may stand in; the results of each stand twice in those around it."""


@dataclass(frozen=True, slots=True)
class Inlet:
    """An incoming edge: from which step, by which of its outputs."""

    source: int
    handle: str


@dataclass(slots=True)
class Step:
    """A node with its place in its scope."""

    index: int
    node: Node
    definition: type[BaseNode[Any]]
    inlets: tuple[Inlet, ...]
    outlets: Mapping[str, tuple[int, ...]]
    """Targets by the handle that leads to them."""
    body: Scope | None = None
    """What a loop runs."""
    targets: tuple[int, ...] = ()
    """Whoever waits for this step, once per edge."""

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id

    @property
    def catches(self) -> bool:
        """Whether a failure is handled by an edge."""
        return ERROR in self.outlets


@dataclass
class Scope:
    """A flow, or the body of a loop."""

    loop: str | None
    steps: tuple[Step, ...] = ()
    order: tuple[int, ...] = ()
    """The steps, each behind its sources."""
    by_id: dict[str, Step] = field(default_factory=dict)

    @cached_property
    def entries(self) -> tuple[int, ...]:
        """The steps that wait for nothing but the scope's input."""
        return tuple(
            s.index for s in self.steps if all(inlet.source == ENTRY for inlet in s.inlets)
        )

    @cached_property
    def open_inlets(self) -> tuple[int, ...]:
        """How many edges from other steps each step waits for."""
        return tuple(sum(i.source != ENTRY for i in s.inlets) for s in self.steps)

    @cached_property
    def upstream(self) -> tuple[int, ...]:
        """For each step the set of steps before it, as bits."""
        found = [0] * len(self.steps)
        for index in self.order:
            for inlet in self.steps[index].inlets:
                if inlet.source != ENTRY:
                    found[index] |= found[inlet.source] | (1 << inlet.source)
        return tuple(found)

    def is_upstream(self, one: str, other: str) -> bool:
        """Whether node `one` comes before node `other`."""
        return bool(self.upstream[self.by_id[other].index] >> self.by_id[one].index & 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph that can be run."""

    graph: FlowGraph
    root: Scope
    scopes: Mapping[str, Scope]
    """The bodies, by loop."""

    def steps(self) -> Iterator[Step]:
        """Every step of every scope."""
        for scope in (self.root, *self.scopes.values()):
            yield from scope.steps

    def scope_of(self, node_id: str) -> Scope:
        """The scope in which a node is.

        Raises:
            KeyError: there is no such node.
        """
        for scope in (self.root, *self.scopes.values()):
            if node_id in scope.by_id:
                return scope
        raise KeyError(f"no node {node_id!r}")


def make_plan(graph: FlowGraph, registry: NodeRegistry) -> Plan:
    """The plan of a graph.

    Raises:
        GraphError: it cannot be run at all; `validate` names everything that is wrong with it.
    """
    types = {node.id: registry.get(node.type) for node in graph.nodes}
    _refuse_broken(graph, types)
    inside = topology.bodies(graph, lambda node: types[node].kind is Kind.LOOP)
    home = topology.scopes(types, inside)
    _refuse_deep(home)
    made: dict[str | None, Scope] = {None: Scope(None)}
    made |= {name: Scope(name) for name, kind in types.items() if kind.kind is Kind.LOOP}
    members: dict[str | None, list[Node]] = {name: [] for name in made}
    for node in graph.nodes:
        members[home[node.id]].append(node)
    edges = _edges_by_scope(graph, types, home)
    for name, scope in made.items():
        _fill(scope, members[name], edges.get(name, []), types)
    for scope in made.values():
        for step in scope.steps:
            step.body = made.get(step.id)
    loops = {name: scope for name, scope in made.items() if name is not None}
    return Plan(graph, made[None], loops)


def _refuse_broken(graph: FlowGraph, types: Mapping[str, Any]) -> None:
    if not graph.nodes:
        raise GraphError(f"{graph.name or 'the flow'}: has no nodes; add one")
    if len(types) < len(graph.nodes):
        ids = [node.id for node in graph.nodes]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        raise GraphError(f"node ids used twice: {', '.join(twice)}; rename one of each")
    for name in types:
        if any(sign in name for sign in "/[]"):  # it could read like the path of a loop's item
            raise GraphError(f"{name}: an id must not contain / [ or ]; rename the node")
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            if end not in types:
                raise GraphError(
                    f"edge {edge.source} → {edge.target}: there is no node {end!r}; "
                    "remove the edge or add the node"
                )
    cycle = topology.find_cycle(types, topology.followers(graph.edges))
    if cycle:
        raise GraphError(f"cycle {' → '.join([*cycle, cycle[0]])}; remove one of its edges")


def _refuse_deep(home: Mapping[str, str | None]) -> None:
    """Refuses loops within loops within loops: results double with each, and the stack ends."""
    for name in home:
        depth, around = 0, home[name]
        while around is not None:
            depth, around = depth + 1, home[around]
            if depth > MAX_LOOPS:
                raise GraphError(
                    f"{name}: stands in more than {MAX_LOOPS} loops; "
                    "move the inner ones into a sub-workflow"
                )


def _edges_by_scope(
    graph: FlowGraph, types: Mapping[str, type[BaseNode[Any]]], home: Mapping[str, str | None]
) -> dict[str | None, list[Edge]]:
    found: dict[str | None, list[Edge]] = {}
    for edge in graph.edges:
        scope = body_scope(edge, types[edge.source], home)
        if scope != home[edge.target]:
            told = crossing(edge.target, home[edge.target])
            raise GraphError(f"edge {edge.source} → {edge.target}: {told}")
        found.setdefault(scope, []).append(edge)
    return found


def body_scope(
    edge: Edge, source_type: type[BaseNode[Any]], home: Mapping[str, str | None]
) -> str | None:
    """The scope in which an edge lies."""
    into_body = source_type.kind is Kind.LOOP and edge.source_handle == BODY
    return edge.source if into_body else home[edge.source]


def crossing(target: str, loop: str | None) -> str:
    """What is wrong with an edge that enters a body from outside, and how to mend it."""
    return (
        f"{target} belongs to the body of {loop} and is also reached from outside; "
        f"end the body before {target}"
    )


def _fill(
    scope: Scope, nodes: list[Node], edges: list[Edge], types: Mapping[str, type[BaseNode[Any]]]
) -> None:
    index = {node.id: number for number, node in enumerate(nodes)}
    inlets: list[list[Inlet]] = [[] for _ in nodes]
    outlets: list[dict[str, list[int]]] = [{} for _ in nodes]
    for edge in edges:
        target = index[edge.target]
        if edge.source == scope.loop:
            inlets[target].append(Inlet(ENTRY, BODY))
            continue
        source = index[edge.source]
        handle = handle_of(edge, types[edge.source])
        if target not in (known := outlets[source].setdefault(handle, [])):
            known.append(target)
            inlets[target].append(Inlet(source, handle))
    scope.steps = tuple(
        Step(
            number,
            node,
            types[node.id],
            tuple(inlets[number]) or (Inlet(ENTRY, ""),),
            {handle: tuple(targets) for handle, targets in outlets[number].items()},
            targets=tuple(t for targets in outlets[number].values() for t in targets),
        )
        for number, node in enumerate(nodes)
    )
    scope.by_id = {step.id: step for step in scope.steps}
    following = {
        str(n): [str(t) for targets in outlets[n].values() for t in targets]
        for n in range(len(nodes))
    }
    order = topology.topological([str(n) for n in range(len(nodes))], following)
    scope.order = tuple(int(n) for n in order)


def handle_of(edge: Edge, source_type: type[BaseNode[Any]]) -> str:
    """The output by which an edge leaves, under the name that its node type gives it."""
    return source_type.handle_aliases.get(edge.source_handle, edge.source_handle)
