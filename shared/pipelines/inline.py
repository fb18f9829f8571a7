"""Runs a pipeline in this process, as its state machine would, for tests and synchronous calls.

The pipeline's graph and `settle` say which node is next; the item travels by value. A failure is
data: the result then has `error` and `failed_node`, and nothing after it ran.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from shared.graph import Entry, Record, Status
from shared.graph.retry import TIMEOUT
from shared.graph.settle import settle
from shared.pipelines.bounded import NodeTimeoutError, bounded
from shared.pipelines.definition import Pipeline
from shared.pipelines.flow import StepConfig, output_of, plan_of, retry_of
from shared.pipelines.node import Item, Node, failure
from shared.platform.clock import iso, utc_now
from shared.platform.ids import new_id

NodeOf = Callable[[str], Node]
Sleep = Callable[[float], None]


class _FailedAtError(Exception):
    """A node that failed at its last try, with the entry that tells of it."""

    def __init__(self, entry: dict[str, Any], error: Exception) -> None:
        super().__init__(str(error))
        self.entry = entry
        self.error = error


def run_inline(
    pipeline: Pipeline,
    node_of: NodeOf,
    data: Mapping[str, Any],
    *,
    event_type: str = "",
    tenant: str = "",
    dry: bool = False,
    sleep: Sleep = time.sleep,
) -> Item:
    """The item after the last node; after a failure with `error`, `failed_node` and a status.

    Args:
        dry: whether ports only write down what is asked of them; the trace then has the data.
        sleep: how the pause before a further try is spent.
    """
    scope, record = plan_of(pipeline).root, Record()
    item = _first(pipeline, data, event_type, tenant, dry)
    while ready := settle(scope, record, item).ready():
        config = StepConfig.model_validate(scope.by_id[ready[0]].node.config)
        try:
            item = _tried(pipeline, node_of, config.name, item, sleep)
        except _FailedAtError as failed:
            return _failed(item, failed)
        record.put(Entry(ready[0], Status.COMPLETED, "", output_of(config, item["route"])))
    return item


def _tried(pipeline: Pipeline, node_of: NodeOf, name: str, item: Item, sleep: Sleep) -> Item:
    retry = retry_of(pipeline.policy(name))
    attempt = 0
    while True:
        attempt += 1
        started = time.perf_counter()
        try:
            node = node_of(name)
            return bounded(lambda: node.step(item, attempt), name, retry.timeout)  # noqa: B023
        except Exception as error:
            kind = TIMEOUT if isinstance(error, NodeTimeoutError) else type(error).__name__
            if not retry.again(kind, attempt):
                raise _FailedAtError(failure(name, error, attempt, started), error) from error
            sleep(retry.pause(attempt))


def _first(
    pipeline: Pipeline, data: Mapping[str, Any], event_type: str, tenant: str, dry: bool
) -> Item:
    return {
        "data": dict(data),
        "trace": [],
        "route": None,
        "context": {
            "tenant": tenant,
            "pipeline": pipeline.name,
            "execution_id": new_id(),
            "event_type": event_type,
            "entity": None,
            "correlation_id": None,
            "time": iso(utc_now()),
            **({"dry": True} if dry else {}),
        },
    }


def _failed(item: Item, failed: _FailedAtError) -> Item:
    reason = f"{type(failed.error).__name__}: {failed.error}"
    said = {"error": reason, "failed_node": failed.entry["node"], "status": "failed"}
    return {**item, "data": {**item["data"], **said}, "trace": [*item["trace"], failed.entry]}
