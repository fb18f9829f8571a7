"""Runs a pipeline in this process, as its state machine would, for tests and synchronous calls.

A failure is data: the result then has `error` and `failed_node`, and nothing after it ran.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from shared.pipelines.definition import Pipeline
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
    item: dict[str, Any] = {
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
    for name in pipeline.nodes:
        steps = deque([name])
        while steps:
            step = steps.popleft()
            try:
                item = node_of(step).step(item)
            except Exception as error:
                return _failed(item, step, error)
            if step == name:
                steps.extend(pipeline.routers.get(name, {}).get(item["route"] or "", ()))
    return item


def _failed(item: dict[str, Any], node: str, error: Exception) -> dict[str, Any]:
    entry = {"node": node, "status": "failed", "ms": 0, "attempt": 1}
    reason = f"{type(error).__name__}: {error}"
    data = {**item["data"], "error": reason, "failed_node": node, "status": "failed"}
    return {**item, "data": data, "trace": [*item["trace"], entry]}
