"""Numbers about a list."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig
from shared.nodes.data.paths import ABSENT, list_at, read
from shared.nodes.example import Example

Numbers = list[Any]


def _sum(values: Numbers) -> Any:
    whole = all(isinstance(value, int) for value in values)
    return sum(values) if whole else math.fsum(values)


_FUNCTIONS: Final[dict[str, Callable[[Numbers], Any]]] = {
    "count": len,
    "sum": _sum,
    "avg": lambda values: _sum(values) / len(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
}


class Measure(NodeConfig):
    """One number."""

    function: Literal["count", "sum", "avg", "min", "max"] = "count"
    field: str = Field("", description="The place of the value inside each item")
    name: str = Field("", description="What it is called; nothing is sum_value and the like")

    @property
    def key(self) -> str:
        """What it is called in the result."""
        return self.name or "_".join(filter(None, [self.function, self.field.replace(".", "_")]))

    @model_validator(mode="after")
    def _field_named(self) -> Self:
        if self.function != "count" and not self.field:
            raise ValueError(f"field: {self.function} needs a field")
        return self


class AggregateConfig(NodeConfig):
    """Over what, in which groups, and which numbers."""

    items: Any = Field(description="The place of a list, or a template of one")
    group_by: tuple[str, ...] = Field(
        (), description="Places inside each item; nothing is one group"
    )
    measures: tuple[Measure, ...] = Field((Measure(),), min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [*self.group_by, *(measure.key for measure in self.measures)]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} would stand there twice; name a measure")
        return self


class AggregateNode(BlockingNode[AggregateConfig]):
    """What is absent or null counts for no measure; what is no number is an error."""

    type = "aggregate"
    Config = AggregateConfig
    label = "Aggregate"
    description = "Counts, sums, averages, smallest and largest values, by group"
    result = {
        "groups": "One object per group, in order of appearance: its values, then its measures",
        "items": "How many items there were",
    }
    example = Example(
        {
            "items": "deals",
            "group_by": ["stage"],
            "measures": [{"function": "count"}, {"function": "sum", "field": "value"}],
        },
        {"deals": [{"stage": "won", "value": 2}, {"stage": "won", "value": 3}, {"stage": "lost"}]},
        {
            "aggregate": {
                "groups": [
                    {"stage": "won", "count": 2, "sum_value": 5},
                    {"stage": "lost", "count": 1, "sum_value": 0},
                ],
                "items": 3,
            },
        },
    )

    def execute(self, config: AggregateConfig, data: Data, context: NodeContext) -> dict[str, Any]:
        """Group by group."""
        from shared.graph.values import canonical

        items = list_at(data, config.items)
        groups: dict[str, tuple[list[Any], list[Any]]] = {}
        for item in items:
            found = [_plain(read(item, place)) for place in config.group_by]
            groups.setdefault(canonical(found), (found, []))[1].append(item)
        if not config.group_by and not groups:
            groups["[]"] = ([], [])
        return {
            "groups": [
                dict(zip(config.group_by, values, strict=True)) | _measured(config.measures, inside)
                for values, inside in groups.values()
            ],
            "items": len(items),
        }


def _measured(measures: Sequence[Measure], items: Sequence[Any]) -> dict[str, Any]:
    return {each.key: _FUNCTIONS[each.function](_values(each, items)) for each in measures}


def _values(measure: Measure, items: Sequence[Any]) -> Numbers:
    if not measure.field:
        return list(items)
    found = [_plain(read(item, measure.field)) for item in items]
    values = [value for value in found if value is not None]
    if measure.function == "count":
        return values
    texts = measure.function in ("min", "max") and all(isinstance(v, str) for v in values)
    for value in values:
        if not texts and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError(f"{measure.field}: {value!r:.80} is no number; filter it out before")
    return values


def _plain(value: Any) -> Any:
    return None if value is ABSENT else value
