"""Trials in the function that runs nodes: the API's own function runs nothing of a tenant's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.graph.engine.trial import tried
from shared.graph.errors import GraphError
from shared.graph.pools import PoolExecutor
from shared.graph.registry import NodeRegistry
from shared.identity.principal import Principal
from shared.platform.functions import FunctionFailedError
from shared.workflows.development.ports import TrialLostError

Call = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class RemoteTrials:
    """The port `Trials` on a function; `answered` is its other end."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def run(
        self, by: Principal, workflow: str, trial: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """See `Trials.run`."""
        asked = {"by": by.to_context(), "workflow": workflow, "trial": dict(trial)}
        try:
            found = self._call(asked)
        except FunctionFailedError as error:
            raise TrialLostError(str(error)) from None
        if "refused" in found:
            raise GraphError(str(found["refused"]))
        ended: Mapping[str, Any] = found["ended"]
        return ended


async def answered(
    event: Mapping[str, Any],
    registry: NodeRegistry,
    ports: Mapping[str, Any],
    pools: PoolExecutor | None = None,
) -> dict[str, Any]:
    """What the function that runs nodes answers to a trial; the ports are the tenant's."""
    try:
        return {"ended": await tried(event["trial"], registry, ports=ports, pools=pools)}
    except (GraphError, KeyError, ValueError) as error:
        return {"refused": str(error)}
