"""Checks of the shape: ids, types, edges, handles, cycles, bodies, and what nothing leads to."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from shared.graph import topology
from shared.graph.kinds import DEFAULT, ERROR, Kind
from shared.graph.model import MAX_NODES, Edge
from shared.graph.plan import body_scope, crossing, handle_of
from shared.graph.validation.problem import Problem
from shared.graph.validation.subject import Subject


def sizes(subject: Subject) -> Iterator[Problem]:
    """There is something, and not too much."""
    count = len(subject.graph.nodes)
    if not count:
        yield Problem("", "nodes", "the flow has no nodes", "add one")
    if count > MAX_NODES:
        fix = "move parts of it into sub-workflows"
        yield Problem("", "nodes", f"{count:,} nodes, at most {MAX_NODES:,} are allowed", fix)


def ids(subject: Subject) -> Iterator[Problem]:
    """Every id stands for one node and can be a part of a path."""
    for name, count in Counter(node.id for node in subject.graph.nodes).items():
        if count > 1:
            yield Problem(name, "id", f"{count} nodes have this id", "rename all but one")
        if any(sign in name for sign in "/[]"):
            yield Problem(name, "id", "an id must not contain / [ or ]", "rename the node")


def types(subject: Subject) -> Iterator[Problem]:
    """Every type is known and may stand in a flow of this kind."""
    for node in subject.graph.nodes:
        found = subject.registry.find(node.type)
        if found is None:
            known = list(subject.registry)
            near = difflib.get_close_matches(node.type, known, 1)
            fix = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}"
            yield Problem(node.id, "type", f"unknown node type {node.type!r}", fix)
        elif subject.graph.type not in found.modes:
            allowed = " and ".join(sorted(found.modes))
            problem = f"{node.type} cannot be part of a flow of type {subject.graph.type}"
            yield Problem(node.id, "type", problem, f"it belongs in {allowed} flows")


def ends(subject: Subject) -> Iterator[Problem]:
    """Every edge connects two nodes, once."""
    seen: set[tuple[str, str, str]] = set()
    for edge in subject.graph.edges:
        for end, field in ((edge.source, "source"), (edge.target, "target")):
            if end not in subject.nodes:
                fix = "remove the edge or add the node"
                yield Problem("", _named(edge), f"there is no {field} node {end!r}", fix)
        way = (edge.source, edge.source_handle, edge.target)
        if way in seen:
            yield Problem("", _named(edge), "the same edge stands there twice", "remove one")
        seen.add(way)


def handles(subject: Subject) -> Iterator[Problem]:
    """Every edge leaves by an output that its node has, and enters by the only input."""
    for edge in subject.edges:
        if (definition := subject.definitions.get(edge.source)) is None:
            continue
        outputs = {*definition.outputs(subject.nodes[edge.source].config), ERROR}
        if definition.kind is Kind.LOOP:
            outputs.add(DEFAULT)
        if handle_of(edge, definition) not in outputs:
            has = ", ".join(sorted(outputs))
            problem = f"has no output {edge.source_handle!r}"
            yield Problem(edge.source, _named(edge), problem, f"leave by one of {has}")
        if edge.target_handle != DEFAULT:
            problem = f"has no input {edge.target_handle!r}"
            yield Problem(edge.target, _named(edge), problem, "enter by default")


def entries(subject: Subject) -> Iterator[Problem]:
    """Producers start; nothing but a node that hands over leads into one."""
    if subject.graph.type == "production" and not subject.of_kind(Kind.PRODUCER):
        fix = "add a producer, such as a queue reader, or make it a flow of type api"
        yield Problem("", "nodes", "a production flow needs a producer", fix)
    for edge in subject.edges:
        source, target = (subject.definitions.get(end) for end in (edge.source, edge.target))
        into_producer = target is not None and target.kind is Kind.PRODUCER
        if into_producer and (source is None or source.kind is not Kind.NON_BLOCKING):
            fix = "remove the edge, or put a queue writer before it"
            yield Problem(edge.target, _named(edge), "nothing leads into a producer", fix)


def cycles(subject: Subject) -> Iterator[Problem]:
    """A flow runs forwards; loops are nodes with a body."""
    following = topology.followers(subject.uncut)
    cycle = topology.find_cycle(subject.nodes, following)
    if cycle:
        way = " → ".join([*cycle, cycle[0]])
        fix = "remove one of its edges; to repeat nodes use a loop, whose body ends by itself"
        yield Problem(cycle[0], "edges", f"the cycle {way}", fix)


def loop_bodies(subject: Subject) -> Iterator[Problem]:
    """Bodies are entered through their loop and left through its end."""
    loops = set(subject.of_kind(Kind.LOOP))
    inside = topology.bodies(subject.graph, lambda node: node in loops)
    home = topology.scopes(subject.nodes, inside)
    for loop in loops - inside.keys():
        fix = "connect its output body with what shall be repeated"
        yield Problem(loop, "edges", "the loop has no body", fix)
    for edge in subject.edges:
        definition = subject.definitions.get(edge.source)
        if definition and body_scope(edge, definition, home) != home[edge.target]:
            what, fix = crossing(edge.target, home[edge.target]).split("; ")
            yield Problem(edge.target, _named(edge), what, fix)


def reach(subject: Subject) -> Iterator[Problem]:
    """Whoever is not reached from where the flow starts would never run, or run unasked."""
    starts = [*subject.of_kind(Kind.PRODUCER), *subject.of_type("start")]
    reached = topology.reachable(starts, topology.followers(subject.edges))
    connected = {end for edge in subject.edges for end in (edge.source, edge.target)}
    for node in subject.nodes:
        if starts and node not in reached:
            fix = "connect or remove it"
            yield Problem(node, "edges", f"cannot be reached from {', '.join(starts[:3])}", fix)
        elif not starts and len(subject.nodes) > 1 and node not in connected:
            fix = "connect it, or leave it to run beside the others"
            yield Problem(node, "edges", "is connected with nothing", fix, "warning")


def _named(edge: Edge) -> str:
    handle = "" if edge.source_handle == DEFAULT else f":{edge.source_handle}"
    return f"edge {edge.source}{handle} → {edge.target}"
