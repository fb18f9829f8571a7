"""What a node may be: its kind, where it runs, and the handles that edges leave by."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How a node takes part in a flow."""

    PRODUCER = "producer"
    """Starts iterations; nothing leads into it."""
    BLOCKING = "blocking"
    """Must be done before what follows."""
    NON_BLOCKING = "non_blocking"
    """Hands its item over: in production its path ends there."""
    CONDITIONAL = "conditional"
    """Chooses one of its named outputs."""
    LOOP = "loop"
    """Runs its body once per item or while a condition holds, then goes on."""


class Pool(StrEnum):
    """Where a node's code runs."""

    ASYNC = "async"
    THREAD = "thread"
    PROCESS = "process"


DEFAULT: Final = "default"
"""The output of a node that does not choose."""
ERROR: Final = "error"
"""The output that catches a node's failure."""
BODY: Final = "body"
"""The output of a loop that leads into its body."""

_OLD_NAMES: Final = {"subdag": BODY}


def handle_name(raw: str | None) -> str:
    """A handle as the engine compares it: no name is `default`, case does not matter."""
    name = (raw or "").strip().lower()
    return _OLD_NAMES.get(name, name) or DEFAULT
