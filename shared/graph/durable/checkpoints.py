"""The inline engine's record, kept while a task runs many nodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from shared.graph.durable.places import Place
from shared.graph.record import SETTLED, Entry, ItemEntry, Status

TimeLeft = Callable[[], float]
"""Seconds until the function is ended by force."""
_RESERVE = 20.0
"""Seconds kept for writing what is done."""


class Keeping:
    """The engine's `Checkpoint`: writes what belongs to one task, and minds its time."""

    def __init__(
        self,
        place: Place,
        own: Collection[str] | None,
        left: TimeLeft,
        kept: Collection[Status] = SETTLED,
    ) -> None:
        """Takes the ids of the nodes that belong to the task; nothing are all."""
        self._place, self._own, self._left, self._kept = place, own, left, kept
        self._broken: Exception | None = None

    async def node(self, entry: Entry) -> None:
        """Writes an entry of the task's own that has come far enough."""
        self.hold()
        if entry.status in self._kept and (self._own is None or entry.node in self._own):
            with self._noticing():
                self._place.keep(entry)

    async def item(self, item: ItemEntry) -> bool:
        """Writes how an item ended; whether there is time for another."""
        place = self._place
        loop = item.key.rpartition("[")[0].rpartition("/")[2]
        if self._own is None or loop in self._own:
            with self._noticing():
                place.store.put_item(place.tenant, place.execution, item)
        return self._left() > _RESERVE

    def hold(self) -> None:
        """Lets nothing pass once the record could not be written: it is no failure of a node.

        Raises:
            Exception: what kept the record from being written.
        """
        if self._broken is not None:
            raise self._broken

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._broken = error
            raise
