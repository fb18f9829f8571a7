"""What a node notes while it works, so that another try need not do it again.

An agent notes each answer of its model. The engines give every node the port `JOURNAL`: the durable
one keeps it with the run, the inline one in the run's record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from shared.graph.record import Record
from shared.graph.values import freeze

JOURNAL: Final = "journal"


class Journal(Protocol):
    """Notes of one run; keys begin with the path and id of the node whose they are."""

    async def read(self, key: str) -> Mapping[str, Any] | None:
        """What was noted last under a key."""

    async def write(self, key: str, values: Mapping[str, Any]) -> None:
        """Notes it before it returns; a later note replaces an earlier one."""


class RecordJournal:
    """The port `Journal` in a run's record."""

    def __init__(self, record: Record) -> None:
        self._notes = record.notes

    async def read(self, key: str) -> Mapping[str, Any] | None:
        """See `Journal.read`."""
        return self._notes.get(key)

    async def write(self, key: str, values: Mapping[str, Any]) -> None:
        """See `Journal.write`."""
        self._notes[key] = freeze(dict(values))
