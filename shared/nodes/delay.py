"""Time that passes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.graph import BlockingNode, Data, NodeContext, Waiting
from shared.nodes.example import Example
from shared.nodes.ports import SLEEP, Sleep
from shared.platform.clock import iso, utc_now

Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "months"]

_SECONDS: Final[dict[str, int]] = {
    "seconds": 1,
    "minutes": 60,
    "hours": 3_600,
    "days": 86_400,
    "weeks": 604_800,
    "months": 2_592_000,
}
LONGEST_SLEEP: Final = 60.0
"""What is longer does not keep a process waiting: the run says until when it waits."""


def seconds_of(interval: float, unit: Unit) -> float:
    """In seconds; a month has thirty days."""
    return interval * _SECONDS[unit]


class DelayConfig(BaseModel):
    """How long."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval: float = Field(ge=0, le=31_536_000)
    unit: Unit = "seconds"

    @property
    def seconds(self) -> float:
        """In seconds."""
        return seconds_of(self.interval, self.unit)


class DelayNode(BlockingNode[DelayConfig]):
    """Hands its item on later."""

    type = "delay"
    aliases = ("static-delay-node",)
    Config = DelayConfig
    label = "Delay"
    description = "Hands its item on later"
    result = {"…": "Nothing is added"}
    example = Example({"interval": 0, "unit": "minutes"}, {"name": "Ada"}, {"name": "Ada"})
    waits = True

    async def execute(
        self, config: DelayConfig, data: Data, context: NodeContext
    ) -> Waiting | None:
        """Sleeps when it is short."""
        if config.seconds > LONGEST_SLEEP:
            return Waiting("timer", iso(utc_now() + timedelta(seconds=config.seconds)))
        sleep: Sleep = context.ports.get(SLEEP, asyncio.sleep)
        await sleep(config.seconds)
        return None
