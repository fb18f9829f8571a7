"""How runs start: of the version that stands, or of a draft that is tried."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from shared.crm.errors import AlreadyAnsweredError
from shared.crm.idempotency import WRITE, Answer, Attempt
from shared.events.chains import UNKNOWN, Origin
from shared.graph.durable import Header, at_start, whole_flow
from shared.graph.durable.closing import tell_parent
from shared.graph.durable.suspending import Parent
from shared.graph.errors import NodeError
from shared.graph.record import Status as GraphStatus
from shared.graph.values import freeze
from shared.identity.rights import Right
from shared.platform.flow_machines import MachineError
from shared.platform.ids import new_id
from shared.platform.tables import Absent, TransactionRefusedError, Write
from shared.workflows.executions import rows
from shared.workflows.executions.closing import GRACE
from shared.workflows.executions.errors import (
    InputTooLargeError,
    PublisherError,
    StartFailedError,
    WorkflowInactiveError,
)
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.ports import Ports
from shared.workflows.publishing import Publishing
from shared.workflows.workflow import Version
from shared.workflows.workflows import Workflows

MAX_INPUT: Final = 1_000_000
"""Bytes of JSON that the input of a run may have."""


@dataclass(frozen=True, slots=True)
class Order:
    """A run that is wanted."""

    tenant: str
    workflow_id: str
    given: Mapping[str, Any]
    cause: Cause
    user_id: str | None = None
    attempt: Attempt | None = None
    """The request, if it may come again: it then makes one execution."""
    continues: str | None = None
    """The failed execution that it goes on with."""
    also: Sequence[Write] = ()
    """What is written with the start, e.g. that an event was used."""
    here: bool = False
    """Whether whoever orders it runs it as well, without the version's machine."""
    parent: Parent | None = None
    """Who waits for its end."""
    origin: Origin = UNKNOWN
    """What led to it."""


class Starting:
    """Starts runs."""

    def __init__(self, ports: Ports, workflows: Workflows, publishing: Publishing) -> None:
        self._at, self._workflows, self._publishing = ports, workflows, publishing

    def start(self, order: Order) -> Execution:
        """Starts a run of the version that stands.

        Raises:
            WorkflowNotFoundError: this tenant has no such workflow.
            NotPublishedError: nothing of it is published.
            WorkflowInactiveError: it is switched off.
            PublisherError: whoever published the version may not publish any more.
            InputTooLargeError: the input is too large.
            IdempotencyKeyReusedError: the key came with another request.
            StartFailedError: the engine did not take it.
        """
        return self.launched(order.tenant, *self.accepted(order))

    def accepted(self, order: Order) -> tuple[Execution, bool]:
        """Writes a run as `start` does; whether it still has to be handed to its engine."""
        if (known := self._known(order)) is not None:
            # Whoever wrote it may have died before the machine knew: the same name starts once.
            return known, bool(known.machine) and not known.express and not known.over
        version = self.standing(order.tenant, order.workflow_id)
        planned = self.planned(order, version)
        if order.here:
            inline = {"engine": "inline", "machine": "", "express": False}
            planned = planned.model_copy(update=inline)
        return self._written(order, planned)

    def standing(self, tenant: str, workflow_id: str) -> Version:
        """The version that may be run now; see `start` for what is raised."""
        workflow = self._workflows.get(tenant, workflow_id)
        version = self._publishing.standing_of(tenant, workflow)
        if workflow.activity == "inactive":
            raise WorkflowInactiveError(f"{workflow.name} is switched off; activate it first")
        self.check_publisher(tenant, version)
        return version

    def check_publisher(self, tenant: str, version: Version) -> None:
        """Raises PublisherError unless whoever published a version may still publish."""
        if not self._at.publishers.may(tenant, version.published_by, Right.WORKFLOWS_PUBLISH):
            raise PublisherError(
                f"{version.published_by}, who published version {version.number}, may publish no "
                "more; let somebody who may publish it again"
            )

    def try_draft(self, order: Order) -> Execution:
        """Runs the draft inline, under the hash of its graph.

        Raises:
            WorkflowValidationError: the draft cannot run.
            InputTooLargeError: the input is too large.
        """
        if (known := self._known(order)) is not None:
            return known
        tenant = order.tenant
        workflow = self._workflows.get(tenant, order.workflow_id)
        graph = self._workflows.sound_draft(tenant, order.workflow_id)
        flow = f"{workflow.id}.draft.{workflow.graph[:12]}"
        self._at.flows.publish(tenant, flow, graph)
        settings, now = graph.settings, self._at.clock()
        execution = Execution(
            id=new_id(), workflow_id=workflow.id, number=None, flow=flow, engine="inline",
            cause=order.cause, tried_by=order.cause.id, user_id=order.user_id, started_at=now,
            due_at=now + timedelta(seconds=settings.timeout) + GRACE, allowed=settings.timeout,
            expires_at=_expires(now, settings.retention_days),
        )  # fmt: skip
        return self.launched(tenant, *self._written(order, execution))

    def planned(self, order: Order, version: Version) -> Execution:
        """A run that is to be, which stands nowhere yet."""
        now = self._at.clock()
        return Execution(
            id=new_id(), workflow_id=version.workflow_id, number=version.number,
            flow=version.flow, engine=version.engine, machine=version.arn,
            express=version.machine == "express", cause=order.cause, user_id=order.user_id,
            on_failure=version.on_failure, started_at=now,
            due_at=now + timedelta(seconds=version.seconds) + GRACE, allowed=version.seconds,
            continues=order.continues, correlation_id=order.origin.correlation_id or "",
            depth=order.origin.depth, expires_at=_expires(now, version.retention_days),
        )  # fmt: skip

    def again(self, order: Order, old: Execution) -> Execution:
        """A run that is to be, of what another one ran."""
        now = self._at.clock()
        named = {
            "id": new_id(), "cause": order.cause, "user_id": order.user_id, "status": "running",
            "error": None, "started_at": now, "completed_at": None, "continues": order.continues,
            "due_at": now + timedelta(seconds=old.allowed) + GRACE, "version": 0,
            "expires_at": old.expires_at + int((now - old.started_at).total_seconds()),
            "tried_by": old.tried_by or old.cause.id,
        }  # fmt: skip
        return old.model_copy(update=named)

    def written(
        self, order: Order, execution: Execution, pins: Mapping[str, Any] | None = None
    ) -> Execution:
        """Writes a run that begins: its row, its header, its event, and the key it came with."""
        at = self._at
        header = Header(
            execution.flow, _input(order.given), dict(pins or {}), parent=order.parent,
            expires_at=execution.expires_at,
        )  # fmt: skip
        answer = lambda: Answer(202, execution.id, None)  # noqa: E731 - one expression, made late
        also = [
            at.store.header_write(order.tenant, execution.id, header, Absent()),
            *at.idempotency.writes(order.tenant, order.attempt, answer),
            *order.also,
        ]
        made = at.closing.commit(order.tenant, None, execution, also)
        at.started(order.tenant, made)
        return made

    def launched(
        self, tenant: str, execution: Execution, wanted: bool = True, *, waits: bool = False
    ) -> Execution:
        """Hands a run to its engine; with `waits`, an inline run has come to its end then.

        Raises:
            StartFailedError: the engine did not take it.
        """
        try:
            if wanted:
                self._go(tenant, execution, waits)
        except MachineError as error:
            self.fail(tenant, execution.id, NodeError("StartFailed", str(error)))
            said = f"execution {execution.id} could not be started: {error}"
            raise StartFailedError(said) from error
        return execution

    def _go(self, tenant: str, execution: Execution, waits: bool) -> None:
        given = at_start(tenant, execution.id)
        if execution.engine == "durable" and execution.machine:
            self._at.machines.start(execution.machine, execution.id, given)
        elif waits:
            self._at.runs.run(whole_flow(given))
        else:
            self._at.runs.begin(whole_flow(given))

    def wake(self, tenant: str, execution: Execution) -> None:
        """Lets an inline run go on that waits; one that is on its way sees for itself."""
        store = self._at.store
        header = store.header(tenant, execution.id)
        if header is not None and header.status is GraphStatus.WAITING:
            running = replace(header, status=GraphStatus.RUNNING, until=None)
            if store.end(tenant, execution.id, header, running):
                self.launched(tenant, execution)

    def fail(self, tenant: str, execution_id: str, error: NodeError) -> None:
        """Closes a run as failed, unless it has ended."""
        store = self._at.store
        header = store.header(tenant, execution_id)
        while header is not None and not header.over:
            after = header.ended(GraphStatus.FAILED, None, error)
            if store.end(tenant, execution_id, header, after):
                tell_parent(store, self._at.machines, tenant, after)
                return
            header = store.header(tenant, execution_id)

    def _written(self, order: Order, execution: Execution) -> tuple[Execution, bool]:
        try:
            return self.written(order, execution), True
        except TransactionRefusedError as refused:
            known = self._known(order) if WRITE in refused.labels else None
            if known is None:
                raise
            return known, False

    def _known(self, order: Order) -> Execution | None:
        """The execution that the same request made before."""
        try:
            self._at.idempotency.check(order.tenant, order.attempt)
        except AlreadyAnsweredError as answered:
            key = rows.key(order.tenant, answered.body)
            item = self._at.tables.get(self._at.executions, key)
            return rows.read(item) if item else None
        return None


def _input(given: Mapping[str, Any]) -> Mapping[str, Any]:
    size = len(json.dumps(dict(given), allow_nan=False, default=str).encode())
    if size > MAX_INPUT:
        raise InputTooLargeError(
            f"the input has {size} bytes of JSON, and at most {MAX_INPUT} are taken; "
            "put large data into a file of the tenant's space and send its name"
        )
    frozen: Mapping[str, Any] = freeze(dict(given))
    return frozen


def _expires(now: Any, days: int) -> int:
    return int((now + timedelta(days=days)).timestamp())
