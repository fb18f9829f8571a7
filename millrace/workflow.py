"""`millrace workflow`: what is wrong with a flow, how it looks, which states it becomes."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.failing import CommandError, MisuseError
from millrace.options import AsJson
from millrace.output import document, line, say

if TYPE_CHECKING:  # the graph is imported by the command that needs it, not by all
    from shared.graph import FlowGraph, NodeRegistry
    from shared.graph.asl.choosing import Machine
    from shared.graph.plan import Plan

app = typer.Typer(help="Check, draw and compile a flow in a file.")
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A flow as JSON, in any format that we read.")
]


class Granularity(StrEnum):
    """How finely a flow is cut into states."""

    NODE = "node"
    REGION = "region"


@app.command()
def validate(file: File, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a flow, and what a run would cost."""
    from shared.graph.validation import validate as validated

    report = validated(_flow(file), _registry())
    bill = report.bill.as_json() if report.bill else None
    if bill is not None:
        machine = _machine(file)
        bill |= {"machine": machine.type.lower(), "why": machine.reason}
    if as_json:
        problems = [problem.as_json() for problem in report.problems]
        document({"ok": report.ok, "problems": problems, "bill": bill})
    else:
        for problem in report.problems:
            line(f"{problem.severity}: {problem}")
        if bill is not None:
            cost = f"${bill['dollars_per_thousand_runs']} for a thousand"
            line(f"{bill['machine']}: {bill['why']}; {bill['transitions']} transitions, {cost}")
    if not report.ok:
        raise CommandError(f"{file}: {len(report.errors)} errors; mend them and try again")
    if not as_json:
        line(f"{file}: valid")


@app.command("compile")
def compile_(
    file: File,
    granularity: Annotated[
        Granularity | None, typer.Option(help="A state per node, or per region that never waits.")
    ] = None,
    function: Annotated[
        str, typer.Option(metavar="ARN", help="The node runner's function.")
    ] = "${NodeRunner}",
) -> None:
    """Write the state machine that a flow becomes, as Amazon States Language."""
    from shared.graph.asl.compiler import compile_flow
    from shared.graph.asl.emitting import Functions
    from shared.graph.errors import GraphError

    try:
        made = compile_flow(
            _plan(file), Functions(function), granularity=granularity.value if granularity else None
        )
    except GraphError as error:
        raise CommandError(f"{file}: {error}") from None
    document(made.definition)
    size = len(made.as_text())
    say(f"{made.machine.type}: {made.machine.reason}; {size:,} bytes of 1,048,576")


@app.command()
def graph(file: File, as_json: AsJson = False) -> None:
    """Draw a flow as a Mermaid diagram; as JSON, write it in our own format."""
    if as_json:
        document(_flow(file).as_json())
    else:
        from millrace.drawing import mermaid

        line(mermaid(_plan(file)))


def _flow(file: Path) -> FlowGraph:
    from shared.graph.errors import GraphError
    from shared.graph.loaders import load_flow

    try:
        raw: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MisuseError(f"{file}: {error.strerror}; name a file with a flow") from None
    except ValueError as error:
        raise CommandError(f"{file}: no JSON ({error}); correct it") from None
    if not isinstance(raw, dict):
        raise CommandError(f"{file}: no JSON object; a flow has nodes and edges")
    try:
        return load_flow(raw)
    except GraphError as error:
        raise CommandError(f"{file}: {error}") from None


def _plan(file: Path) -> Plan:
    from shared.graph.errors import GraphError
    from shared.graph.plan import make_plan

    try:
        return make_plan(_flow(file), _registry())
    except GraphError as error:
        raise CommandError(f"{file}: {error}") from None


def _machine(file: Path) -> Machine:
    from shared.graph.asl.choosing import choose
    from shared.graph.errors import GraphError

    try:
        return choose(_plan(file))
    except GraphError as error:
        raise CommandError(f"{file}: {error}") from None


def _registry() -> NodeRegistry:
    from shared.nodes import registry

    return registry()
