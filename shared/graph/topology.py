"""Pure questions about the shape of a graph: what follows what, cycles, the bodies of loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from shared.graph.kinds import BODY
from shared.graph.model import Edge, FlowGraph

Followers = Mapping[str, Sequence[str]]


def followers(edges: Iterable[Edge]) -> Followers:
    """Targets by source, in edge order."""
    found: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        found[edge.source].append(edge.target)
    return found


def leaders(edges: Iterable[Edge]) -> Followers:
    """Sources by target, in edge order."""
    found: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        found[edge.target].append(edge.source)
    return found


def reachable(start: Iterable[str], following: Followers) -> set[str]:
    """`start` and everything behind it."""
    seen = set(start)
    stack = list(seen)
    while stack:
        for target in following.get(stack.pop(), ()):
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


def find_cycle(nodes: Iterable[str], following: Followers) -> list[str] | None:
    """The nodes of one cycle in its order, or nothing."""
    done: set[str] = set()
    for root in nodes:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                on_path.discard(path.pop())
                done.add(node)
            elif node in on_path:
                return path[path.index(node) :]
            elif node not in done:
                path.append(node)
                on_path.add(node)
                stack.append((node, True))
                stack.extend((target, False) for target in reversed(following.get(node, ())))
    return None


def topological(nodes: Sequence[str], following: Followers) -> list[str]:
    """Every node behind its sources; nodes of cycles are left out."""
    waiting = dict.fromkeys(nodes, 0)
    for source in nodes:
        for target in following.get(source, ()):
            waiting[target] += 1
    order = [node for node in nodes if not waiting[node]]
    for node in order:
        for target in following.get(node, ()):
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return order


def bodies(graph: FlowGraph, is_loop: Callable[[str], bool]) -> dict[str, set[str]]:
    """For each loop that has a body, everything that is reached through it."""
    following = followers(graph.edges)
    entries: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        if edge.source_handle == BODY and is_loop(edge.source):
            entries[edge.source].append(edge.target)
    return {loop: reachable(start, following) for loop, start in entries.items()}


def scopes(nodes: Collection[str], inside: Mapping[str, set[str]]) -> dict[str, str | None]:
    """The innermost loop whose body each node is in; nothing is the flow itself."""
    found: dict[str, str | None] = dict.fromkeys(nodes)
    for loop in sorted(inside, key=lambda name: len(inside[name]), reverse=True):
        for node in inside[loop]:
            found[node] = loop
    return found


def part(graph: FlowGraph, wanted: Collection[str]) -> FlowGraph:
    """These nodes and the edges between them."""
    nodes = tuple(node for node in graph.nodes if node.id in wanted)
    edges = tuple(e for e in graph.edges if e.source in wanted and e.target in wanted)
    return graph.model_copy(update={"nodes": nodes, "edges": edges})
