"""Calls of Step Functions wait until its interpreter is imported.

It takes a second to import, so that the laptop serves before. A call that came meanwhile would have
moto import the same modules in another thread and in another order: one of them finds a module half
made, takes it out, and the classes that the seams changed are not those that answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.seams.replacing import replace

_TARGET: Final = "AWSStepFunctions."
_stock: Final = DomainDispatcherApplication.__call__
_imported: Final = threading.Event()


def _on_wait() -> None:
    return None


def _call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
    if not _imported.is_set() and environ.get("HTTP_X_AMZ_TARGET", "").startswith(_TARGET):
        _on_wait()
        _imported.wait()
    return _stock(self, environ, start_response)


def install(on_wait: Callable[[], None] = lambda: None) -> None:
    """Holds such calls from now on; `on_wait` is told of each."""
    global _on_wait
    _on_wait = on_wait
    replace(DomainDispatcherApplication, __call__=_call)


def release() -> None:
    """Lets them go on: the interpreter is imported, or will never be."""
    _imported.set()
