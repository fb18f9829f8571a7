"""The workflow that is started for each run of another one that failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.crm.idempotency import Attempt
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.reading import Reading
from shared.workflows.executions.starting import Order, Starting

_KEPT: Final = timedelta(days=14)
"""For how long an event may come again."""


class Failures:
    """What the consumer of `execution.failed` calls."""

    def __init__(self, starting: Starting, reading: Reading) -> None:
        self._starting, self._reading = starting, reading

    def handle(self, tenant: str, execution_id: str) -> Execution | None:
        """Starts the workflow that a failed run names, once; the run that it became.

        A run that was itself started by a failure starts no other, so that nothing goes in circles.

        Raises:
            WorkflowNotFoundError, NotPublishedError, WorkflowInactiveError, PublisherError: the
                workflow that is named cannot be started.
        """
        failed = self._reading.get(tenant, execution_id)
        wanted = failed.on_failure
        if failed.status != "failed" or not wanted:
            return None
        if failed.cause.kind == "failure" or wanted == failed.workflow_id:
            return None
        error = failed.error or {}
        given = {
            "execution_id": failed.id,
            "workflow_id": failed.workflow_id,
            "error": error,
            "failed_node": error.get("node") or None,
        }
        attempt = Attempt("failures", f"{wanted}#{failed.id}", "failed", _KEPT)
        cause = Cause(kind="failure", id=failed.id)
        order = Order(tenant, wanted, given, cause, failed.user_id, attempt)
        return self._starting.start(order)
