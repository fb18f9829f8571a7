"""The interpreter parses a definition once, not at every start.

Parsing takes 90 ms, a good part of the price of a lead's journey. A parsed program belongs to one
execution at a time, because its parts are not made for two.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.seams.replacing import replace

_idle: dict[str, list[Any]] = defaultdict(list)
_lock = threading.Lock()
_stock_logic: Any = ExecutionWorker._execution_logic


def _entrypoint(self: Any) -> Any:
    definition = self._evaluation_details.state_machine_details.definition
    with _lock:
        program = _idle[definition].pop() if _idle[definition] else None
    parser: Any = AmazonStateLanguageParser
    self._millrace_program = program or parser.parse(definition)[0]
    return self._millrace_program


def _logic(self: Any) -> None:
    _stock_logic(self)
    definition = self._evaluation_details.state_machine_details.definition
    with _lock:
        _idle[definition].append(self._millrace_program)


def install() -> None:
    """Replaces parsing at the start."""
    replace(ExecutionWorker, _get_evaluation_entrypoint=_entrypoint, _execution_logic=_logic)
