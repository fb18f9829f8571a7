"""Numbers, one after another."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.graph import EXECUTION_COMPLETED, Data, NodeContext, ProducerNode
from shared.nodes.config import NodeConfig
from shared.nodes.example import Example


class CounterConfig(NodeConfig):
    """From where to where."""

    min_value: int = Field(0, description="The smallest number, itself included")
    max_value: int = Field(10, description="The largest number, itself included")
    direction: Literal["increment", "decrement"] = "increment"
    step: int = Field(1, ge=1, description="How far the next number is away")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_value >= self.max_value:
            raise ValueError("max_value must be greater than min_value")
        return self


class CounterNode(ProducerNode[CounterConfig]):
    """Counts up or down; past the bound there is nothing more."""

    type = "counter"
    Config = CounterConfig
    label = "Counter"
    description = "Starts an iteration for each number of a range"
    result = {
        "current": "The number",
        "min": "As configured",
        "max": "As configured",
        "step": "As configured",
        "direction": "As configured",
        "iteration": "From 1",
    }
    example = Example(
        {"min_value": 5, "max_value": 9},
        {},
        {"counter": {"current": 5, "min": 5, "max": 9, "step": 1, "direction": "increment",
                     "iteration": 1}},
    )  # fmt: skip

    async def setup(self, context: NodeContext) -> None:
        """Nothing was counted yet."""
        self._done = 0

    def execute(self, config: CounterConfig, data: Data, context: NodeContext) -> Any:
        """The next number."""
        way = self._done * config.step
        up = config.direction == "increment"
        current = config.min_value + way if up else config.max_value - way
        if not config.min_value <= current <= config.max_value:
            return EXECUTION_COMPLETED
        self._done += 1
        return {
            "current": current,
            "min": config.min_value,
            "max": config.max_value,
            "step": config.step,
            "direction": config.direction,
            "iteration": self._done,
        }
