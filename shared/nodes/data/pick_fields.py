"""Fewer fields."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, Form, NodeContext, NodeResult
from shared.nodes.config import NodeConfig
from shared.nodes.data.paths import ABSENT, read, without, written
from shared.nodes.example import Example


class PickFieldsConfig(NodeConfig):
    """Which fields stay, or which go."""

    fields: tuple[str, ...] = Field((), description="These alone stay: name, lead.email")
    drop: tuple[str, ...] = Field((), description="These go, all others stay")
    missing: Literal["skip", "null", "fail"] = Field(
        "skip", description="What becomes of a field that is not there"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.fields) == bool(self.drop):
            raise ValueError("name either the fields that stay or those that go")
        return self


class PickFieldsNode(BlockingNode[PickFieldsConfig]):
    """The item with some of its fields."""

    type = "pick-fields"
    aliases = ("pick",)
    Config = PickFieldsConfig
    label = "Pick fields"
    description = "Leaves only some fields in the item"
    result = {"…": "The item with the fields that stay, each at its place"}
    example = Example(
        {"fields": ["lead.name", "score"]},
        {"lead": {"name": "Ada", "phone": "1"}, "score": 3, "raw": "…"},
        {"lead": {"name": "Ada"}, "score": 3},
    )

    def execute(self, config: PickFieldsConfig, data: Data, context: NodeContext) -> NodeResult:
        """Copies, or leaves out."""
        made: Any = dict(data) if config.drop else {}
        for path in config.drop:
            made = without(made, path)
        for path in config.fields:
            value = read(data, path)
            if value is ABSENT:
                if config.missing == "fail":
                    there = ", ".join(data) or "nothing"
                    raise ValueError(f"there is no {path!r}; the data has {there}")
                if config.missing == "skip":
                    continue
                value = None
            made = written(made, path, value)
        return NodeResult(made, form=Form.REPLACE)
