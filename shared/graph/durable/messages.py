"""What Step Functions asks of the node runner, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.graph.asl.states import Mode
from shared.graph.errors import NodeError


class RunContinues(Exception):  # noqa: N818 - the name is what the state machine's retry matches
    """The time is nearly up; what is done stands in the record, and the task is entered again."""


class NodeTriesAgain(Exception):  # noqa: N818 - see above
    """A node failed, and its policy allows another try."""


class RunFailed(Exception):  # noqa: N818 - see above
    """A run is over and a node of it failed unhandled; the message names it."""


class RunOver(Exception):  # noqa: N818 - see above
    """The run was cancelled, or closed as failed from outside; nothing of it is run any more."""


class At(BaseModel):
    """Where a state machine stands."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    tenant: str
    execution: str
    path: str = ""
    """Which items of which loops."""
    route: Any = None
    """The route of the state before; of a lost task its error."""

    def lost(self) -> NodeError | None:
        """Why the state before was lost, if it was."""
        if not isinstance(self.route, dict):
            return None
        return NodeError(str(self.route.get("Error", "")), str(self.route.get("Cause", ""))[:500])


class Request(BaseModel):
    """What one task is for."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    node: str
    mode: Mode
    state: At
    attempt: int = 0
    """How often the state machine has tried this state again."""
    nodes: tuple[str, ...] = ()
    """The nodes of a region; none are all of its scope."""
    token: str = ""
    """What an answer from outside has to name."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the state machine is told: the next state's input."""

    at: At
    route: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the state machine gets it."""
        state = self.at.model_dump(include={"tenant", "execution", "path"})
        idle = {"waits": "", "again": False, "items": []}
        return {**state, "route": self.route, **idle, **self.more}
