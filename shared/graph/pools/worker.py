"""A process that runs nodes: one call at a time, read from its input, answered on its output."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
from functools import lru_cache
from typing import Any, BinaryIO, Final

from shared.graph.errors import NodeError
from shared.graph.node import BaseNode, ExecutionCompleted, Form, NodeContext, NodeResult, Waiting
from shared.graph.values import freeze_result

_LENGTH: Final = 8


def call_of(
    definition: type[BaseNode[Any]], config: Any, data: dict[str, Any], context: NodeContext
) -> dict[str, Any]:
    """What a worker is told: everything as JSON, the class by its name."""
    told = ("node_id", "execution_id", "path", "attempt", "variables", "env", "runtime", "nodes")
    return {
        "module": definition.__module__,
        "name": definition.__qualname__,
        "config": config.model_dump(mode="json"),
        "data": data,
        "context": {name: getattr(context, name) for name in told},
    }


def result_of(answer: dict[str, Any]) -> Any:
    """What the node returned, from a worker's answer."""
    if "result" in answer:
        told = answer["result"]
        return NodeResult(told["value"], told["route"], Form(told["form"]))
    if "waiting" in answer:
        return Waiting(**answer["waiting"])
    return ExecutionCompleted() if answer.get("completed") else answer["value"]


def answer_to(call: dict[str, Any]) -> dict[str, Any]:
    """Runs the node that a call names."""
    try:
        result = _run(call)
        if isinstance(result, NodeResult):
            value = freeze_result(result.value)
            return {"result": {"value": value, "route": result.route, "form": result.form}}
        if isinstance(result, Waiting):
            details = freeze_result(result.details)
            return {"waiting": {"kind": result.kind, "until": result.until, "details": details}}
        if isinstance(result, ExecutionCompleted):
            return {"completed": True}
        return {"value": freeze_result(result)}
    except BaseException as error:
        return {"error": NodeError.of(error, call["context"]["node_id"]).as_json()}


def _run(call: dict[str, Any]) -> Any:
    definition = _definition(call["module"], call["name"])
    config = definition.Config.model_validate(call["config"])
    result = definition().execute(config, call["data"], NodeContext(**call["context"]))
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result


@lru_cache
def _definition(module: str, name: str) -> type[BaseNode[Any]]:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answers calls until there are no more."""
    while len(head := source.read(_LENGTH)) == _LENGTH:
        call = json.loads(source.read(int.from_bytes(head, "big")))
        message = json.dumps(answer_to(call)).encode()
        target.write(len(message).to_bytes(_LENGTH, "big") + message)
        target.flush()


def main() -> None:
    """Serves on the standard pipes; what nodes print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
