"""How trials ended, in the words of seed 001."""

from __future__ import annotations

from typing import Any

from shared.graph import GraphError, Node
from shared.graph.retry import TIMEOUT
from shared.nodes.forms import Errors
from shared.workflows.development.bench import Bench, Ended, Wish
from shared.workflows.development.outputs import Output


class TrialTimeoutError(Exception):
    """A trial took longer than somebody wanted to wait."""

    def __init__(self, seconds: float, message: str) -> None:
        super().__init__(message)
        self.seconds = seconds


class InvalidFormError(Exception):
    """A form with which nothing can be run."""

    def __init__(self, errors: Errors, form: dict[str, Any]) -> None:
        told = [f"{name}: {'; '.join(each)}" for name, each in errors.fields.items()]
        super().__init__("; ".join([*told, *errors.form]))
        self.entries = [
            {"field": name, "problem": each, "fix": "mend the form"}
            for name, problems in {**errors.fields, "form": errors.form}.items()
            for each in problems
        ]
        self.form = form


def ran(node: Node, ended: Ended, session: str | None, seconds: float) -> dict[str, Any]:
    """The answer to running one node.

    Raises:
        TrialTimeoutError: the time was up.
    """
    in_time(ended, seconds)
    data = ended.output if ended.output is not None else _partial(node, ended)
    return {
        "success": ended.ok, "status": ended.status, "node_id": node.id, "node_type": node.type,
        "input_data": ended.entered, "form_values": node.config, "output": {"data": data},
        "exhausted": ended.told["exhausted"], "waits_for": ended.told["waits_for"],
        "error": ended.error, "session_id": session,
    }  # fmt: skip


async def iterated(bench: Bench, wish: Wish, index: int | None) -> dict[str, Any]:
    """The answer to running a loop's body for one item.

    Raises:
        TrialTimeoutError: the time was up.
    """
    try:
        ended = await bench.iteration(wish, index)
    except GraphError as error:
        # Seed 001 answers so, without the name before it.
        told = str(error).removeprefix(f"{wish.node}: ")
        return {"success": False, "node_id": wish.node, "error": told}
    in_time(ended, wish.seconds)
    output = dict(ended.output or {})
    return {
        "success": ended.ok, "node_id": wish.node, "forEachNode": ended.for_each,
        "iteration_output": ended.told["written"], "output": {"data": output},
        "error": ended.error,
    }  # fmt: skip


def shown(output: Output, stale: str | None) -> dict[str, Any]:
    """What stands for a node."""
    return {
        "node_id": output.node, "output": {"data": output.data}, "result": output.result,
        "route": output.route, "input_data": output.entered, "stale": stale is not None,
        "why": stale, "seconds": output.seconds,
    }  # fmt: skip


def in_time(ended: Ended, seconds: float) -> None:
    """Looks whether the time was up.

    Raises:
        TrialTimeoutError: it was.
    """
    error = ended.error
    if error and error["type"] == TIMEOUT and not error.get("node"):
        raise TrialTimeoutError(seconds, error["message"])


def _partial(node: Node, ended: Ended) -> dict[str, Any]:
    """Of a loop that failed, the results of the items before."""
    results = ended.told["partial"]
    return {**ended.entered, "loop_results": results} if results else {}
