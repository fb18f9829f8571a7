"""State machines of flows: one for each published version, made while the platform runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

PREFIX: Final = "millrace-flow-"
"""Of every machine of a flow: the rights of functions are limited to it."""

RUNNER: Final = "${NodeRunner}"
"""Stands in definitions for the ARN of the node runner."""

MachineType = Literal["STANDARD", "EXPRESS"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A machine as it shall be. Nothing that a user wrote stands in its name."""

    tenant: str
    workflow_id: str
    number: int
    """Of the published version."""
    definition: str
    """Amazon States Language, in which `${NodeRunner}` stands for the node runner's ARN."""
    type: MachineType


class FlowMachines(Protocol):
    """The port to the machines of published versions."""

    def ensure(self, wanted: Wanted) -> str:
        """Makes the machine unless it stands; its ARN. Twice is once.

        Raises:
            MachineQuotaError: the account or the tenant has as many machines as it may.
            MachineError: Step Functions refused it; the message is its reason.
        """

    def start(self, arn: str, name: str, given: Mapping[str, Any]) -> None:
        """Starts an execution without waiting for it; the same name again starts none."""

    def stop(self, arn: str, name: str, cause: str) -> None:
        """Ends a Standard execution; an Express one ends at its next task, by its record."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        """Tells a waiting state to go on; False if nobody waits with this token any more."""

    def drop(self, arn: str) -> None:
        """Removes a machine that nothing runs any more; it may be gone already."""


@dataclass(frozen=True, slots=True)
class Made:
    """A machine that stands, and what it was made for."""

    arn: str
    tenant: str
    workflow_id: str
    number: int
    at: datetime | None


class MachineInventory(Protocol):
    """The port to all machines of flows, of all tenants: for who collects them."""

    def all(self) -> Iterator[Made]:
        """Every machine that was made for a version."""

    def busy(self, arn: str) -> bool:
        """Whether a Standard execution of it is open."""

    def drop(self, arn: str) -> None:
        """Removes a machine; it may be gone already."""


class MachineError(Exception):
    """Step Functions refused a machine."""


class MachineQuotaError(MachineError):
    """There are as many machines as there may be."""


class FlowRuns(Protocol):
    """The port to runs without a machine: the node runner does the whole flow in one call.

    `given` is the node runner's payload (`shared.graph.durable.whole_flow` makes it). A run that
    failed is no error here.
    """

    def run(self, given: Mapping[str, Any]) -> None:
        """Runs until it ends, fails or waits; what came of it is in the record."""

    def begin(self, given: Mapping[str, Any]) -> None:
        """Starts it without waiting."""
