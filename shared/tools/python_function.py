"""The port `Python`: a function that may do nothing, and reaches nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.agents.tool import ToolFailedError
from shared.platform.functions import FunctionFailedError, Functions
from shared.tools.ports import PythonRun


class FunctionPython:
    """Programs in a function of their own."""

    def __init__(self, functions: Functions, name: str, tenant: str) -> None:
        self._functions, self._name, self._tenant = functions, name, tenant

    async def run(self, code: str, given: Any, seconds: float) -> PythonRun:
        """See `Python.run`."""
        if not self._name:
            raise ToolFailedError(
                "NoPython", "programs are not run here; the operator sets PYTHON_FUNCTION"
            )
        asked = {"code": code, "data": given, "seconds": seconds}
        try:
            call = self._functions.call
            done = await asyncio.to_thread(call, self._name, asked, self._tenant)
        except FunctionFailedError:
            told = "the function of programs ended without an answer; the program may need less"
            raise ToolFailedError("PythonFailed", told) from None
        return PythonRun(done.get("result"), str(done.get("stdout", "")), done.get("error"))
