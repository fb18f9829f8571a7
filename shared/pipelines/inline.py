"""Runs a pipeline in this process, as its state machine would, for tests and synchronous calls.

The pipeline's graph and `settle` say which node is next; the item travels by value. A failure is
data: the result then has `error` and `failed_node`, and nothing after it ran.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.graph import Entry, Record, Status
from shared.graph.settle import settle
from shared.pipelines.definition import Pipeline
from shared.pipelines.flow import StepConfig, output_of, plan_of
from shared.pipelines.node import Node
from shared.platform.clock import iso, utc_now
from shared.platform.ids import new_id

NodeOf = Callable[[str], Node]


def run_inline(
    pipeline: Pipeline,
    node_of: NodeOf,
    data: Mapping[str, Any],
    *,
    event_type: str = "",
    tenant: str = "",
) -> dict[str, Any]:
    """The item after the last node; after a failure with `error`, `failed_node` and a status."""
    scope, record = plan_of(pipeline).root, Record()
    item = _first(pipeline, data, event_type, tenant)
    while ready := settle(scope, record, item).ready():
        config = StepConfig.model_validate(scope.by_id[ready[0]].node.config)
        try:
            item = node_of(config.name).step(item)
        except Exception as error:
            return _failed(item, config.name, error)
        record.put(Entry(ready[0], Status.COMPLETED, "", output_of(config, item["route"])))
    return item


def _first(
    pipeline: Pipeline, data: Mapping[str, Any], event_type: str, tenant: str
) -> dict[str, Any]:
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
        },
    }


def _failed(item: dict[str, Any], node: str, error: Exception) -> dict[str, Any]:
    entry = {"node": node, "status": "failed", "ms": 0, "attempt": 1}
    reason = f"{type(error).__name__}: {error}"
    data = {**item["data"], "error": reason, "failed_node": node, "status": "failed"}
    return {**item, "data": data, "trace": [*item["trace"], entry]}
