"""A node that does what its configuration says: for tests and for trying a flow out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.graph import (
    DEFAULT,
    BlockingNode,
    Data,
    Form,
    NodeContext,
    NodeFailedError,
    NodeResult,
    Waiting,
)
from shared.nodes.example import Example


class ScriptedConfig(BaseModel):
    """What to answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Any = None
    form: Form = Form.ADD
    route: str = DEFAULT
    outputs: tuple[str, ...] = ()
    fail: str = ""
    """The type of the error to fail with; nothing is success."""
    fail_attempts: int = 0
    """Fails so many tries, then succeeds; 0 with `fail` is always."""
    sleep: float = 0
    wait: bool = False
    """Answers that the answer will come from outside."""


class ScriptedNode(BlockingNode[ScriptedConfig]):
    """Returns, chooses, waits, sleeps or fails as it is told."""

    type = "scripted"
    Config = ScriptedConfig
    output_key = "scripted"
    label = "Scripted"
    description = "Answers what its configuration says"
    result = {"scripted": "The value of the script"}
    example = Example({"value": 3}, {}, {"scripted": 3})
    waits = True

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Those that the script names."""
        return tuple(config.get("outputs") or (DEFAULT,))

    async def execute(self, config: ScriptedConfig, data: Data, context: NodeContext) -> Any:
        """Follows the script."""
        if config.sleep:
            await asyncio.sleep(config.sleep)
        if config.fail and (not config.fail_attempts or context.attempt <= config.fail_attempts):
            raise NodeFailedError(config.fail, f"attempt {context.attempt} failed as scripted")
        if config.wait:
            return Waiting("callback")
        return NodeResult(config.value, config.route, config.form)
