"""State machines of flows in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.platform.flow_machines import MachineQuotaError, Made, Wanted


class MemoryMachines:
    """The ports `FlowMachines` and `MachineInventory`; `open` are executions that run."""

    def __init__(self, most: int = 100) -> None:
        self.most = most
        self.made: dict[str, Made] = {}
        self.wanted: list[Wanted] = []
        self.started: list[tuple[str, str, Mapping[str, Any]]] = []
        self.open: set[str] = set()

    def ensure(self, wanted: Wanted) -> str:
        arn = f"arn:{wanted.tenant}:{wanted.workflow_id}:{wanted.number}"
        if arn not in self.made and len(self.made) >= self.most:
            raise MachineQuotaError("there are as many machines as there may be")
        self.wanted.append(wanted)
        self.made[arn] = Made(arn, wanted.tenant, wanted.workflow_id, wanted.number, None)
        return arn

    def start(self, arn: str, name: str, given: Mapping[str, Any]) -> None:
        self.started.append((arn, name, given))

    def all(self) -> Iterator[Made]:
        yield from list(self.made.values())

    def busy(self, arn: str) -> bool:
        return arn in self.open

    def drop(self, arn: str) -> None:
        self.made.pop(arn, None)
