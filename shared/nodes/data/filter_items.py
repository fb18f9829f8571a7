"""Fewer items of a list."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig
from shared.nodes.data.paths import list_at
from shared.nodes.example import Example


class FilterConfig(NodeConfig):
    """An expression about `item`, or else `field operator value`."""

    items: Any = Field(description="The place of a list, or a template of one")
    expression: str = Field("", description="For example item.value > 100; also index and data")
    field: str = Field("", description="A place inside each item; what is absent is empty")
    operator: str = Field("equals", description="How the field is compared")
    value: Any = ""

    @model_validator(mode="after")
    def _either(self) -> Self:
        from shared.graph.expressions import OPERATORS

        if self.operator not in OPERATORS:
            raise ValueError(f"operator: {self.operator!r} is none of {', '.join(OPERATORS)}")
        if bool(self.expression) == bool(self.field):
            raise ValueError("write either an expression or the name of a field")
        return self


class FilterNode(BlockingNode[FilterConfig]):
    """Keeps the items for which a condition holds, in their order."""

    type = "filter"
    Config = FilterConfig
    label = "Filter"
    description = "Keeps the items of a list for which a condition holds"
    expressions = frozenset({"expression"})
    verbatim = frozenset({"field"})
    result = {
        "items": "The items that are kept, in their order",
        "kept": "How many",
        "dropped": "How many are not kept",
    }
    example = Example(
        {"items": "leads", "expression": "item.value > 100"},
        {"leads": [{"value": 50}, {"value": 500}]},
        {
            "filter": {"items": [{"value": 500}], "kept": 1, "dropped": 1},
        },
    )

    def execute(self, config: FilterConfig, data: Data, context: NodeContext) -> dict[str, Any]:
        """Asks for each item."""
        from shared.graph.expressions import compare, find_field, holds

        items, names = list_at(data, config.items), context.names(data)
        kept = []
        for index, item in enumerate(items):
            if config.expression:
                keeps = holds(config.expression, {**names, "item": item, "index": index})
            else:
                keeps = compare(config.operator, find_field(item, config.field), config.value)
            if keeps:
                kept.append(item)
        return {"items": kept, "kept": len(kept), "dropped": len(items) - len(kept)}
