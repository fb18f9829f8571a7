"""What all scopes of one run share."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.graph.engine.instances import Instances
from shared.graph.engine.progress import Checkpoint, Listener, Progress
from shared.graph.pools import PoolExecutor
from shared.graph.record import Entry, Record
from shared.graph.routines import Routine

_log = logging.getLogger(__name__)
NO_PIN = object()


@dataclass(slots=True)
class RunState:
    """One run: what it works with, and what it has found out so far."""

    routines: Mapping[str, Routine]
    pools: PoolExecutor
    record: Record
    execution_id: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, Any] = field(default_factory=dict)
    runtime: dict[str, Any] = field(default_factory=dict)
    ports: Mapping[str, Any] = field(default_factory=dict)
    pins: Mapping[str, Any] = field(default_factory=dict)
    instances: Instances = field(default_factory=Instances)
    listener: Listener | None = None
    checkpoint: Checkpoint | None = None
    limit: float = math.inf
    """Seconds that the whole run may take; nodes that may take longer need no timer."""
    steps: int = 0
    """How many nodes ran."""
    workflow: str = ""
    """The flow's id."""
    stopped: bool = False
    """A checkpoint asked to go no further; the record is where the next attempt goes on."""

    def pin(self, node: str, path: str) -> Any:
        """What a node shall give without being run: by its item's path, or for all items."""
        if not self.pins:
            return NO_PIN
        return self.pins.get(path + node, self.pins.get(node, NO_PIN))

    def tell(self, progress: Progress) -> None:
        """Tells the listener, whose trouble is its own."""
        if self.listener is None:
            return
        try:
            self.listener(progress)
        except Exception:
            _log.exception("a listener failed at %s of %s", progress.what, progress.node)

    async def keep(self, entry: Entry) -> None:
        """Writes an entry into the record, and hands it to the checkpoint."""
        self.record.entries[entry.path + entry.node] = entry
        if self.listener is not None:
            self.tell(_progress(entry))
        if self.checkpoint is not None:
            await self.checkpoint.node(entry)


def _progress(entry: Entry) -> Progress:
    what = {"completed": "completed", "failed": "failed"}.get(entry.status, "waiting")
    return Progress(
        what,  # type: ignore[arg-type]
        entry.node,
        entry.path,
        entry.attempts,
        entry.route,
        entry.error,
        (entry.ended_at or 0.0) - (entry.started_at or 0.0),
        output=entry.result,
    )
