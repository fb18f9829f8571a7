"""How a failed run goes on from where it failed: as a new execution that names the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from shared.graph.durable.carrying import carry_over
from shared.platform.flow_machines import MachineError
from shared.platform.tables import Absent, Put, TransactionRefusedError
from shared.workflows.errors import NotPublishedError, WorkflowNotFoundError
from shared.workflows.executions.errors import (
    ExecutionNotFoundError,
    NotResumableError,
    PublisherError,
    StartFailedError,
    WorkflowInactiveError,
)
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.ports import Ports
from shared.workflows.executions.reading import Reading, Wanted
from shared.workflows.executions.starting import Order, Starting
from shared.workflows.publishing import Publishing

Which = Literal["same", "latest"]
MOST: Final = 100
_CONTINUED: Final = "continued"
_REFUSALS: Final = (
    ExecutionNotFoundError, NotResumableError, WorkflowNotFoundError, NotPublishedError,
    WorkflowInactiveError, PublisherError, StartFailedError, MachineError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resumed:
    """What became of one execution that was to go on."""

    execution_id: str
    started: Execution | None
    refusal: str = ""


class Resuming:
    """Resumes failed runs; each can be continued once, its continuation again."""

    def __init__(
        self, ports: Ports, starting: Starting, publishing: Publishing, reading: Reading
    ) -> None:
        """Takes the services of starting and reading."""
        self._at, self._starting = ports, starting
        self._publishing, self._reading = publishing, reading

    def resume(
        self, tenant: str, execution_id: str, which: Which, user_id: str | None
    ) -> Execution:
        """Starts what goes on with a failed run: nodes that completed are not run again.

        Raises:
            ExecutionNotFoundError: this tenant has no such execution.
            NotResumableError: it did not fail, or was continued already.
            NotPublishedError: nothing of the workflow is published.
            PublisherError: whoever published the version may not publish any more.
        """
        old = self._reading.get(tenant, execution_id)
        if old.status != "failed":
            raise NotResumableError(
                f"execution {old.id} is {old.status}; only a failed one goes on"
            )
        header = self._at.store.header(tenant, old.id)
        if header is None:
            raise ExecutionNotFoundError(old.id)
        claim = {"pk": f"{tenant}#run#{old.id}", "sk": _CONTINUED}
        order = Order(
            tenant, old.workflow_id, header.given, Cause(kind="resume", id=old.id), user_id,
            continues=old.id, origin=old.origin,
        )  # fmt: skip
        planned = self._planned(order, old, which)
        order = replace(order, also=[
            Put(self._at.executions, {**claim, "by": planned.id, "expires_at": planned.expires_at},
                Absent(), label=_CONTINUED)
        ])  # fmt: skip
        if standing := self._at.tables.get(self._at.executions, claim):
            raise _continued(old.id, standing["by"])
        self._at.store.expire(tenant, planned.id, planned.expires_at)
        # Before the new run stands: half of it would belong to no run.
        carry_over(self._at.tables, self._at.store, tenant, old.id, planned.id)
        try:
            made = self._starting.written(order, planned, header.pins)
        except TransactionRefusedError as refused:
            if _CONTINUED not in refused.labels:
                raise
            raise _continued(old.id, "another execution") from None
        return self._starting.launched(tenant, made)

    def resume_all(
        self, tenant: str, ids: Sequence[str], which: Which, user_id: str | None
    ) -> list[Resumed]:
        """Resumes what can be resumed, and says of the others why not."""
        found = []
        for execution_id in list(dict.fromkeys(ids))[:MOST]:
            try:
                made = self.resume(tenant, execution_id, which, user_id)
                found.append(Resumed(execution_id, made))
            except _REFUSALS as error:
                found.append(Resumed(execution_id, None, str(error)))
        return found

    def failed_of(self, tenant: str, workflow_id: str) -> list[str]:
        """The ids of the latest failed runs of a workflow."""
        wanted = Wanted(workflow_id, None, ("failed",))
        page = self._reading.page(tenant, wanted, limit=MOST)
        return [execution.id for execution in page.executions]

    def _planned(self, order: Order, old: Execution, which: Which) -> Execution:
        if which == "latest":
            return self._starting.planned(
                order, self._starting.standing(order.tenant, order.workflow_id)
            )
        if old.number is None:
            return self._starting.again(order, old)
        version = self._publishing.version(order.tenant, old.workflow_id, old.number)
        self._starting.check_publisher(order.tenant, version)
        return self._starting.planned(order, self._publishing.runnable(order.tenant, version))


def _continued(old: str, by: str) -> NotResumableError:
    return NotResumableError(f"execution {old} was continued by {by}; look at that one")
