"""StopExecution ends a state that waits for an answer.

moto notes that the execution is stopped and leaves such a state waiting, for as long as its timeout
is; it fails where the thread of the execution has not begun; and a state that ends then fails an
execution that was stopped before.
"""

from __future__ import annotations

import time
from typing import Any, Final

from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.seams.replacing import replace

_stock_stop: Any = ExecutionWorker.stop
_stock_error: Any = Environment.set_error
_stock_timed_out: Any = Environment.set_timed_out
_BEGINS_WITHIN: Final = 5.0


def _stop(self: Any, *what: Any, **how: Any) -> None:
    until = time.monotonic() + _BEGINS_WITHIN
    while self.env is None and time.monotonic() < until:
        time.sleep(0.01)
    _stock_stop(self, *what, **how)
    for endpoint in list(self.env.callback_pool_manager._pool.values()):
        endpoint.interrupt_all()


def _error(self: Any, error: Any) -> None:
    if not isinstance(self._program_state, ProgramStopped):
        _stock_error(self, error)


def _timed_out(self: Any) -> None:
    if not isinstance(self._program_state, ProgramStopped):
        _stock_timed_out(self)


def install() -> None:
    """Replaces how an execution is stopped, and what a stopped one becomes."""
    replace(ExecutionWorker, stop=_stop)
    replace(Environment, set_error=_error, set_timed_out=_timed_out)
