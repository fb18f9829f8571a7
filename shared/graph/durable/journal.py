"""The port `Journal` among what is kept of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.graph.durable.record_store import RecordStore
from shared.graph.values import freeze

NOTES: Final = "journal"
"""The kind of note; resuming a run under another id copies these."""


class StoreJournal:
    """What nodes of one run noted."""

    def __init__(self, store: RecordStore, tenant: str, execution: str) -> None:
        self._store, self._tenant, self._execution = store, tenant, execution

    async def read(self, key: str) -> Mapping[str, Any] | None:
        """See `Journal.read`."""
        return self._store.note(self._tenant, self._execution, NOTES, key)

    async def write(self, key: str, values: Mapping[str, Any]) -> None:
        """See `Journal.write`."""
        note = freeze(dict(values))
        self._store.put_note(self._tenant, self._execution, NOTES, key, note)
