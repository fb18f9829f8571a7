"""A call that is waited for no longer than it may take."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

R = TypeVar("R")


class NodeTimeoutError(Exception):
    """A node took longer than its policy allows; the message names the node."""


def bounded(call: Callable[[], R], name: str, seconds: float | None) -> R:
    """What the call answers.

    Python cannot end a thread: a node that hangs goes on in one that nothing waits for.

    Raises:
        NodeTimeoutError: it took longer than `seconds`.
    """
    if seconds is None:
        return call()
    answer: Future[R] = Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # it is the waiting thread's to handle
            answer.set_exception(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), daemon=True, name=name).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        if answer.done():
            raise  # the node's own
        raise NodeTimeoutError(f"{name} took longer than {seconds:g} s") from None
