"""One platform for the modules whose tests do not mind what else happens on it.

They say so by the group `shared`. Two platforms cannot live in one process: the shared one ends
before another starts, and before a test of another folder.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

SHARED = "shared"


class Shared:
    """The platform that is kept from module to module."""

    def __init__(self) -> None:
        self._context: AbstractContextManager[Any] | None = None
        self._running: Any = None

    def running(self, start: Callable[[], AbstractContextManager[Any]]) -> Any:
        """What `start` gives; started at the first call, and again after it was closed."""
        if self._context is None:
            context = start()
            self._running = context.__enter__()
            self._context = context
        return self._running

    def close(self) -> None:
        """Ends it, if there is one."""
        context, self._context, self._running = self._context, None, None
        if context is not None:
            context.__exit__(None, None, None)


shared = Shared()


def shares(node: pytest.Item | pytest.Collector) -> bool:
    """Whether a test or a module is of the group."""
    marker = node.get_closest_marker("xdist_group")
    return marker is not None and marker.args == (SHARED,)
