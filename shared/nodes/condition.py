"""Yes or no: an expression, or a field compared with a value."""

from __future__ import annotations

from typing import Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from shared.graph import ConditionalNode, Data, NodeContext, NodeResult
from shared.nodes.example import Example

_CUSTOM = "custom"


class ConditionConfig(BaseModel):
    """An expression, or else `field operator value`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    expression: str = Field(
        "",
        validation_alias=AliasChoices("expression", "condition_expression", "custom_expression"),
        description="For example data.value > 3; a path that is missing is an error",
    )
    field: str = Field("", description="A path inside the data; what is absent is empty")
    operator: str = Field(
        "equals",
        validation_alias=AliasChoices("operator", "condition_type"),
        description="How the field is compared",
    )
    value: Any = ""

    @model_validator(mode="after")
    def _either(self) -> Self:
        from shared.graph.expressions import OPERATORS

        if self.operator not in OPERATORS and self.operator != _CUSTOM:
            raise ValueError(f"Unknown condition type: {self.operator}; use {', '.join(OPERATORS)}")
        if not self.expression and not self.field:
            raise ValueError("write an expression, or name a field")
        return self


class ConditionNode(ConditionalNode[ConditionConfig]):
    """Leaves by `yes` or `no`; `true` and `false` mean the same."""

    type = "condition"
    aliases = ("if-condition", "if")
    Config = ConditionConfig
    output_key = "if_condition"
    label = "Condition"
    description = "Goes on by yes or by no"
    result = {
        "route": "yes or no",
        "result": "Whether the condition holds",
        "expression": "As configured, or else",
        "field_value": "what was compared",
    }
    example = Example(
        {"expression": "data.value > 3"},
        {"value": 4},
        {"if_condition": {"route": "yes", "result": True, "expression": "data.value > 3"}},
    )
    expressions = frozenset({"expression", "condition_expression", "custom_expression"})
    verbatim = frozenset({"field"})
    handle_aliases = {"true": "yes", "false": "no"}

    def execute(self, config: ConditionConfig, data: Data, context: NodeContext) -> NodeResult:
        """Decides, and says why."""
        from shared.graph.expressions import compare, find_field, holds
        from shared.graph.expressions.fields import ABSENT

        told: dict[str, Any]
        if config.expression:
            value = find_field(data, config.field) if config.field else None
            names = context.names(data) | {"value": value, "compare": config.value}
            result = holds(config.expression, names)
            told = {"expression": config.expression}
        else:
            found = find_field(data, config.field)
            result = compare(config.operator, found, config.value)
            told = {"field": config.field, "field_value": None if found is ABSENT else found}
        route = "yes" if result else "no"
        return NodeResult({"route": route, "result": result, **told}, route)
