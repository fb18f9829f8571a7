"""The workflow that is started for each run of another one that failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.crm.idempotency import Attempt
from shared.workflows.executions.errors import ExecutionNotFoundError
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.reading import Reading
from shared.workflows.executions.starting import Order, Starting

_KEPT: Final = timedelta(days=14)
"""For how long an event may come again."""
_FARTHEST: Final = 50
"""Runs that are looked back at; who is farther away is taken for one of a circle."""


class Failures:
    """What the consumer of `execution.failed` calls."""

    def __init__(self, starting: Starting, reading: Reading) -> None:
        self._starting, self._reading = starting, reading

    def handle(self, tenant: str, execution_id: str) -> Execution | None:
        """Starts the workflow that a failed run names, once; the run that it became.

        A run that was itself started by a failure starts no other, and neither does what such a run
        started or what goes on with one, so that nothing goes in circles.

        Raises:
            WorkflowNotFoundError, NotPublishedError, WorkflowInactiveError, PublisherError: the
                workflow that is named cannot be started.
        """
        failed = self._reading.get(tenant, execution_id)
        wanted = failed.on_failure
        if failed.status != "failed" or not wanted:
            return None
        if wanted == failed.workflow_id or self._began_with_a_failure(tenant, failed):
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
        order = Order(tenant, wanted, given, cause, failed.user_id, attempt, origin=failed.origin)
        return self._starting.start(order)

    def _began_with_a_failure(self, tenant: str, execution: Execution) -> bool:
        """Whether a failure started it, or the run that started it or that it goes on with."""
        for _ in range(_FARTHEST):
            cause = execution.cause
            if cause.kind not in ("workflow", "resume"):
                return cause.kind == "failure"
            try:
                execution = self._reading.get(tenant, cause.id)
            except ExecutionNotFoundError:
                return False
        return True
