"""A flow as a Mermaid diagram, which GitHub and editors draw."""

from __future__ import annotations

from collections.abc import Iterator

from shared.graph import FlowGraph
from shared.graph.kinds import DEFAULT
from shared.graph.plan import Plan, Scope, Step


def mermaid(plan: Plan) -> str:
    """The diagram; the body of a loop is a box of its own."""
    numbers = {node.id: f"n{number}" for number, node in enumerate(plan.graph.nodes)}
    lines = ["flowchart TD", *_scope(plan.root, numbers, "  "), *_edges(plan.graph, numbers)]
    return "\n".join(lines)


def _scope(scope: Scope, numbers: dict[str, str], margin: str) -> Iterator[str]:
    for step in scope.steps:
        yield f"{margin}{numbers[step.id]}{_shape(step)}"
        if step.body is not None and step.body.steps:
            yield f"{margin}subgraph {numbers[step.id]}body [{_quoted(f'body of {step.id}')}]"
            yield from _scope(step.body, numbers, margin + "  ")
            yield f"{margin}end"


def _shape(step: Step) -> str:
    label = _quoted(step.node.name or step.id)
    if step.body is not None:
        return f"[[{label}]]"
    if step.definition.waits:
        return f"([{label}])"
    return f"{{{label}}}" if step.definition.kind == "conditional" else f"[{label}]"


def _edges(graph: FlowGraph, numbers: dict[str, str]) -> Iterator[str]:
    for edge in graph.edges:
        label = "" if edge.source_handle == DEFAULT else f"|{_quoted(edge.source_handle)}|"
        yield f"  {numbers[edge.source]} -->{label} {numbers[edge.target]}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'
