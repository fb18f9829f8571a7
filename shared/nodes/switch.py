"""One of many: the first case that holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.graph import DEFAULT, ConditionalNode, Data, NodeContext, NodeResult, handle_name
from shared.nodes.example import Example


class Case(BaseModel):
    """An output, and the condition under which it is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    output: Annotated[str, BeforeValidator(handle_name)]
    when: str


class SwitchConfig(BaseModel):
    """The cases in the order in which they are tried."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cases: tuple[Case, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [case.output for case in self.cases]
        if len(set(names)) < len(names):
            raise ValueError("two cases have the same output; join their conditions with `or`")
        return self


class SwitchNode(ConditionalNode[SwitchConfig]):
    """Leaves by the output of the first case that holds, else by `default`."""

    type = "switch"
    Config = SwitchConfig
    label = "Switch"
    description = "Goes on by the first case that holds, else by default"
    result = {"route": "The output of the case that holds, or default"}
    example = Example(
        {"cases": [{"output": "big", "when": "data.value > 10"}]},
        {"value": 11},
        {"switch": {"route": "big"}},
    )
    expressions = frozenset({"cases"})

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Those that the cases name, and `default`."""
        cases = config.get("cases") or ()
        named = [case.get("output") for case in cases if isinstance(case, Mapping)]
        return (*(handle_name(name) for name in named if isinstance(name, str)), DEFAULT)

    def execute(self, config: SwitchConfig, data: Data, context: NodeContext) -> NodeResult:
        """Tries the cases in their order."""
        from shared.graph.expressions import holds

        names = context.names(data)
        route = next((case.output for case in config.cases if holds(case.when, names)), DEFAULT)
        return NodeResult({"route": route}, route)
