"""Runs that events start, by the triggers of their workflows."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.crm.idempotency import Attempt
from shared.events.chains import Origin, depth_of
from shared.events.envelope import Event
from shared.events.triggers import seen
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.starting import Order, Starting

DEEPEST: Final = 8
"""Runs in a row, each started by what the one before it did."""
_KEPT: Final = timedelta(days=400)
"""Outlives the event log, so that no replay of it starts a second run."""


class TriggerCircleError(Exception):
    """Runs start each other without end; the message says what to mend."""


class Triggered:
    """What the starter of triggered runs calls."""

    def __init__(self, starting: Starting) -> None:
        self._starting = starting

    def start(self, tenant: str, workflow_id: str, event: Event) -> Execution:
        """Starts a workflow for an event, once however often it is asked.

        The run acts with the rights of who published the workflow, whoever caused the event.

        Raises:
            TriggerCircleError: too many runs in a row were started by events.
            WorkflowNotFoundError, NotPublishedError, WorkflowInactiveError, PublisherError: the
                workflow cannot be started.
            StartFailedError: the engine did not take it.
        """
        depth = depth_of(event) + 1
        if depth > DEEPEST:
            raise TriggerCircleError(
                f"workflow {workflow_id} was not started: {DEEPEST} runs in a row were started by "
                f"events of the one before, the last by {event.event_type}; filter that event out "
                f"in its event trigger, or do not cause it. All of it: trace {event.correlation_id}"
            )
        order = Order(
            tenant, workflow_id, {"event": seen(event)}, Cause(kind="event", id=event.id),
            attempt=Attempt("triggers", f"{workflow_id}#{event.id}", "event", _KEPT),
            origin=Origin(event.correlation_id or event.id, event.id, depth),
        )  # fmt: skip
        return self._starting.start(order)
