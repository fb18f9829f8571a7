"""StopExecution ends a state that waits for an answer.

moto notes that the execution is stopped and leaves such a state waiting, for as long as its timeout
is; it also fails where the execution's thread has not begun.
"""

from __future__ import annotations

import time
from typing import Any, Final

from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.seams.replacing import replace

_stock_stop: Any = ExecutionWorker.stop
_BEGINS_WITHIN: Final = 5.0


def _stop(self: Any, *what: Any, **how: Any) -> None:
    until = time.monotonic() + _BEGINS_WITHIN
    while self.env is None and time.monotonic() < until:
        time.sleep(0.01)
    _stock_stop(self, *what, **how)
    for endpoint in list(self.env.callback_pool_manager._pool.values()):
        endpoint.interrupt_all()


def install() -> None:
    """Replaces how an execution is stopped."""
    replace(ExecutionWorker, stop=_stop)
