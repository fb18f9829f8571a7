"""Who runs trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from shared.identity.principal import Principal


class Trials(Protocol):
    """The port to the node runner: a part of a draft in, how it ended out.

    Both are JSON, see `shared.graph.engine.trial`.
    """

    async def run(
        self, by: Principal, workflow: str, trial: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Runs it in somebody's name and with their rights; no workflow is a node alone.

        Raises:
            GraphError: the part cannot be run.
            TrialLostError: the runner gave no answer.
        """


class TrialLostError(Exception):
    """The runner was ended, or did not answer; what nodes did in the world may have been done."""
