"""Pauses of changing length that add up to a given time."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from pydantic import Field

from shared.graph import BlockingNode, Data, NodeContext, Waiting
from shared.nodes.config import NodeConfig
from shared.nodes.delay import LONGEST_SLEEP, Unit, seconds_of
from shared.nodes.example import Example
from shared.nodes.ports import SLEEP, STEPS, Sleep, Steps
from shared.platform.clock import iso, utc_now

_MILLI: Final = 1000


class DynamicDelayConfig(NodeConfig):
    """How long altogether, in how many pauses, how different from each other."""

    total_time: float = Field(gt=0, le=31_536_000)
    unit: Unit = "seconds"
    executions: int = Field(1, ge=1, le=10_000, description="Over so many items, then anew")
    jitter_percent: float = Field(
        30, ge=0, le=100, description="How far a pause is from the average; 0 makes all alike"
    )


class DynamicDelayNode(BlockingNode[DynamicDelayConfig]):
    """The pauses of one round add up to the total time, to the millisecond."""

    type = "dynamic-delay-node"
    aliases = ("dynamic-delay",)
    Config = DynamicDelayConfig
    label = "Dynamic delay"
    description = "Hands its items on after pauses of changing length"
    waits = True
    needs = frozenset({SLEEP, STEPS})
    result = {"…": "Nothing is added"}
    example = Example(
        {"total_time": 10, "executions": 4, "jitter_percent": 50}, {"name": "Ada"}, {"name": "Ada"}
    )

    async def setup(self, context: NodeContext) -> None:
        """Nothing was delayed yet."""
        self._done = 0

    async def execute(self, config: DynamicDelayConfig, data: Data, context: NodeContext) -> Any:
        """Sleeps when it is short."""
        steps: Steps | None = context.ports.get(STEPS)
        done = self._done if steps is None else await steps.next(context.node_id)
        self._done += 1
        cycle, index = divmod(done, config.executions)
        total = round(seconds_of(config.total_time, config.unit) * _MILLI)
        pauses = delays(total, config.executions, config.jitter_percent,
                        f"{context.node_id}/{cycle}")  # fmt: skip
        seconds = pauses[index] / _MILLI
        if seconds > LONGEST_SLEEP:
            return Waiting("timer", iso(utc_now() + timedelta(seconds=seconds)))
        sleep: Sleep = context.ports.get(SLEEP, asyncio.sleep)
        await sleep(seconds)
        return None


@lru_cache(maxsize=64)
def delays(total: int, count: int, jitter: float, seed: str) -> tuple[int, ...]:
    """So many whole numbers with exactly this sum; the same for the same seed."""
    drawn = random.Random(seed)
    spread = jitter / 100
    weights = [1 + drawn.uniform(-spread, spread) for _ in range(count)]
    scale = total / (sum(weights) or 1)
    passed, ends = 0.0, [0]
    for weight in weights:
        passed += weight
        ends.append(round(passed * scale))
    ends[-1] = total
    return tuple(end - start for start, end in itertools.pairwise(ends))
