"""Collects the machines of versions that nobody runs any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.platform.clock import Clock, utc_now
from shared.platform.flow_machines import MachineInventory, Made
from shared.workflows.errors import WorkflowNotFoundError
from shared.workflows.workflow import Workflow

GRACE: Final = timedelta(hours=1)
"""A younger machine may belong to a publication that is under way, or to runs that nobody lists."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the machines that were looked at."""

    seen: int
    dropped: int
    unfinished: bool
    """Whether the time was up before all were seen; the next call begins anew."""


class MachineCollector:
    """Drops what stands for no version: replaced, rolled back from, of a deleted workflow."""

    def __init__(
        self,
        inventory: MachineInventory,
        workflow: Callable[[str, str], Workflow],
        clock: Clock = utc_now,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`workflow` gives one by tenant and id, or raises WorkflowNotFoundError."""
        self._inventory, self._workflow = inventory, workflow
        self._clock, self._passed = clock, passed

    def collect(self, seconds: float, grace: timedelta = GRACE) -> Collected:
        """Looks at every machine, for so many seconds at most."""
        until = self._passed() + seconds
        seen = dropped = 0
        for made in self._inventory.all():
            if self._passed() >= until:
                return Collected(seen, dropped, unfinished=True)
            seen += 1
            if not self._young(made, grace) and not self._stands(made) and not self._busy(made):
                self._inventory.drop(made.arn)
                dropped += 1
        return Collected(seen, dropped, unfinished=False)

    def _young(self, made: Made, grace: timedelta) -> bool:
        return made.at is not None and made.at > self._clock() - grace

    def _busy(self, made: Made) -> bool:
        return self._inventory.busy(made.arn)

    def _stands(self, made: Made) -> bool:
        try:
            found = self._workflow(made.tenant, made.workflow_id)
        except WorkflowNotFoundError:
            return False
        # A number above the published one may be about to be published.
        return found.published == made.number or made.number > found.last_version
