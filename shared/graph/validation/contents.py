"""Checks of what nodes contain: forms, templates, conditions, declared inputs, queues, policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from shared.graph import topology
from shared.graph.analysis import QueueMapper
from shared.graph.expressions import ExpressionError, check, check_condition
from shared.graph.forms import field_problems, has_template
from shared.graph.kinds import Kind, Pool
from shared.graph.validation.problem import Problem
from shared.graph.validation.subject import Subject


def forms(subject: Subject) -> Iterator[Problem]:
    """Every configuration fits its node type, as far as that can be known before a run."""
    for node, definition in subject.known():
        for found in field_problems(definition, node.config):
            yield Problem(node.id, found.field, found.problem, "correct the field")


def texts(subject: Subject) -> Iterator[Problem]:
    """Every template and every condition can be read."""
    for node, definition in subject.known():
        for field, value in node.config.items():
            if field in definition.verbatim:
                continue
            found = _conditions if field in definition.expressions else _templates
            for path, error in found(field, value):
                yield Problem(node.id, path, error.problem, error.fix)


def declared_inputs(subject: Subject) -> Iterator[Problem]:
    """Every declared source runs before the node that reads it."""
    leading = topology.leaders(subject.edges)
    for name, node in subject.nodes.items():
        if not any(wanted.source_node for wanted in node.inputs):
            continue
        upstream = topology.reachable(leading.get(name, ()), leading)
        for wanted in node.inputs:
            source = wanted.source_node
            if source is None or source in upstream:
                continue
            here = source in subject.nodes
            what = f"{source!r} does not run before it" if here else f"there is no node {source!r}"
            fix = "connect the two, or read another node" if here else "name a node of the flow"
            yield Problem(name, f"inputs.{wanted.name}", what, fix)


def queues(subject: Subject) -> Iterator[Problem]:
    """Every writer has a reader and every reader a writer, or a name by hand."""
    found = QueueMapper(subject.registry).map(subject.graph)
    for name in found.unconnected:
        role = subject.definitions[name].queue
        other = "reader" if role == "writer" else "writer"
        fix = f"connect it with a queue {other}, or write the name of a queue"
        yield Problem(name, "queue_name", f"the queue {role} has no {other}", fix)
    for writer, reader in found.disagreeing:
        what = f"names another queue than {reader}, which it is connected with"
        yield Problem(writer, "queue_name", what, "name the same queue, or leave one to be named")


def policies(subject: Subject) -> Iterator[Problem]:
    """Retries and pools make sense for the nodes that have them."""
    for name, definition in subject.definitions.items():
        node = subject.nodes[name]
        if definition.kind is Kind.LOOP and node.retry and node.retry.attempts > 1:
            fix = "give the retry policy to the nodes of its body"
            yield Problem(name, "retry", "a loop is not tried again as a whole", fix)
        pool = node.pool or subject.graph.settings.pool or definition.pool
        if pool is Pool.PROCESS and definition.needs:
            needs = ", ".join(sorted(definition.needs))
            fix = "run it in the pool async or thread"
            yield Problem(name, "pool", f"a process of its own has no port {needs}", fix)


def secrets(subject: Subject) -> Iterator[Problem]:
    """No secret is written down in a definition, where every reader and every copy has it."""
    fix = "add a connection for it and choose that in the field connection"
    for node, definition in subject.known():
        for field in sorted(definition.secret_fields & node.config.keys()):
            for path, value in _secret_texts(field, node.config[field]):
                if not has_template(value):
                    yield Problem(node.id, path, "a secret is written into the workflow", fix)


Found = Iterator[tuple[str, ExpressionError]]


def _templates(path: str, value: Any) -> Found:
    if isinstance(value, str):
        try:
            check(value)
        except ExpressionError as error:
            yield path, error
    else:
        for inner, one in _parts(path, value):
            yield from _templates(inner, one)


def _conditions(path: str, value: Any) -> Found:
    if isinstance(value, str):
        try:
            if value.strip():
                check_condition(value)
        except ExpressionError as error:
            yield path, error
    elif isinstance(value, dict):
        for inner, one in _parts(path, value):
            if inner.endswith(".when"):
                yield from _conditions(inner, one)
    else:
        for inner, one in _parts(path, value):
            yield from _conditions(inner, one)


def _secret_texts(field: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value.strip().startswith("{") and not has_template(value):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, str) and value:
        yield field, value
    elif isinstance(value, dict):
        for name, one in value.items():
            if str(name).lower() in _SECRET_HEADERS and one:
                yield f"{field}.{name}", str(one)


_SECRET_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"}
)


def _parts(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"{path}.{key}", one) for key, one in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((f"{path}[{number}]", one) for number, one in enumerate(value))
