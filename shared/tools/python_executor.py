"""Programs of a model, run where they can reach nothing."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext, ToolFailedError
from shared.tools.ports import PYTHON, Python


class Program(ToolArguments):
    """What is run."""

    code: str = Field(
        min_length=1,
        max_length=20_000,
        description="Python; `data` is the input, what is left in `result` is the answer",
    )
    data: str = Field("null", max_length=200_000, description="The input as JSON")
    timeout_seconds: int = Field(10, ge=1, le=30)


class ProgramDone(BaseModel):
    """What it did."""

    result: Any
    stdout: str
    error: str | None


class PythonExecutor(BaseTool[Program]):
    """It has the standard library, and neither permissions, network nor files."""

    name = "python_executor"
    description = "Runs a Python program with the standard library, without network and files."
    Arguments = Program
    Result = ProgramDone
    needs = frozenset({PYTHON})
    timeout = 60.0
    example = {"code": "result = sum(data)", "data": "[1, 2, 3]", "timeout_seconds": 5}

    async def execute(self, arguments: Program, context: ToolContext) -> ProgramDone:
        """Runs."""
        port: Python = context.ports[PYTHON]
        try:
            given = json.loads(arguments.data)
        except (ValueError, RecursionError):
            raise ToolFailedError("NotJson", "data is no JSON") from None
        done = await port.run(arguments.code, given, arguments.timeout_seconds)
        return ProgramDone(result=done.result, stdout=done.stdout, error=done.error)
