"""Who runs trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Trials(Protocol):
    """The port to the node runner: a part of a draft in, how it ended out.

    Both are JSON, see `shared.graph.engine.trial`.
    """

    async def run(self, tenant: str, trial: Mapping[str, Any]) -> Mapping[str, Any]:
        """Runs it in the tenant's name.

        Raises:
            GraphError: the part cannot be run.
            TrialLostError: the runner gave no answer.
        """


class TrialLostError(Exception):
    """The runner was ended, or did not answer; what nodes did in the world may have been done."""
