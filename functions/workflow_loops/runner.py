"""The node runner: per call one task of a compiled flow, a whole flow, or a part of a draft."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from functions.workflow_loops.tenant_runs import Tenants
from shared.graph.durable import RunContinues, RunFailed, RunOver

_FLOW = "flow"
"""The mode of a run without a state machine."""


@lru_cache(maxsize=1)
def tenants(function: str) -> Tenants:
    """The tenants of this process; `function` is our own ARN."""
    return Tenants(function)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Does what the task asks for; what it raises is matched by the state machine's retries."""

    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    known = tenants(context.invoked_function_arn)
    if "trial" in event:
        return asyncio.run(known.of(event["by"]["tenant"]).trial(event, left))
    done = known.of(event["state"]["tenant"]).handle(event, left)
    if event["mode"] != _FLOW:
        return asyncio.run(done)
    try:
        return asyncio.run(done)
    except RunContinues:
        known.runs.begin(event)
    except (RunFailed, RunOver):
        pass  # it stands in the record, and nobody retries
    return {}
