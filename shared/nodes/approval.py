"""A decision by people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.graph import ConditionalNode, Data, NodeContext, NodeResult, Waiting
from shared.nodes.example import Example
from shared.platform.clock import iso, utc_now

_DECISIONS: Final = ("approved", "rejected", "expired")


class ApprovalConfig(BaseModel):
    """Who is asked what, and for how long."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    approvers: tuple[str, ...] = Field(min_length=1)
    message: str = ""
    needed: int = Field(1, ge=1)
    """How many of them must approve."""
    timeout_seconds: float | None = Field(None, gt=0, le=31_536_000)
    on_timeout: Literal["expired", "rejected", "approved"] = "expired"


class ApprovalNode(ConditionalNode[ApprovalConfig]):
    """Waits for a decision and leaves by `approved`, `rejected` or `expired`."""

    type = "approval"
    Config = ApprovalConfig
    label = "Approval"
    description = "Waits until people have decided"
    result = {"decision": "approved, rejected or expired", "…": "What else the answer says"}
    example = Example(
        {"approvers": ["ada"], "message": "May it go out?"},
        {"price": 5},
        {"approval": {"decision": "approved", "value": "answer to it"}},
    )
    waits = True
    handle_aliases = {"yes": "approved", "true": "approved", "no": "rejected", "false": "rejected"}

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """One for each decision."""
        return _DECISIONS

    def execute(self, config: ApprovalConfig, data: Data, context: NodeContext) -> Waiting:
        """Asks; the answer is given to the run later."""
        limit = config.timeout_seconds
        until = iso(utc_now() + timedelta(seconds=limit)) if limit else None
        return Waiting("approval", until, config.model_dump(mode="json"))

    def answered(self, answer: Any) -> NodeResult:
        """The decision as a route.

        Raises:
            ValueError: it says neither approved, rejected nor expired.
        """
        decision = answer.get("decision") if isinstance(answer, Mapping) else answer
        if decision not in _DECISIONS:
            raise ValueError(f"decision: {decision!r} is none of {', '.join(_DECISIONS)}")
        told = dict(answer) if isinstance(answer, Mapping) else {"decision": decision}
        return NodeResult(told, str(decision))
