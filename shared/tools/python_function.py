"""The port `Python`: a function that may do nothing, and reaches nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.agents.tool import ToolFailedError
from shared.platform.functions import FunctionFailedError, Functions
from shared.tools.ports import PythonRun


class FunctionPython:
    """Programs in a function of their own."""

    def __init__(self, functions: Functions, name: str) -> None:
        self._functions, self._name = functions, name

    async def run(self, code: str, given: Any, seconds: float) -> PythonRun:
        """See `Python.run`."""
        asked = {"code": code, "data": given, "seconds": seconds}
        try:
            done = await asyncio.to_thread(self._functions.call, self._name, asked)
        except FunctionFailedError:
            told = "the function of programs ended without an answer; the program may need less"
            raise ToolFailedError("PythonFailed", told) from None
        return PythonRun(done.get("result"), str(done.get("stdout", "")), done.get("error"))
