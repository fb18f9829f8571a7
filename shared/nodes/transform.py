"""Data in another shape."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from shared.graph import BlockingNode, Data, Form, NodeContext, NodeResult
from shared.nodes.config import json_value
from shared.nodes.example import Example


class TransformConfig(BaseModel):
    """The new shape: an object with templates in it, or one as JSON text."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    output: Any = Field(validation_alias=AliasChoices("output", "output_template"))
    overwrite: bool = True
    """Whether the output is the item from here on, or stands under the node's key."""

    @field_validator("output")
    @classmethod
    def _parsed(cls, value: Any) -> Any:
        if not isinstance(value, str) or "{{" in value:
            return value
        return json_value(value)


class TransformNode(BlockingNode[TransformConfig]):
    """Builds new data from the old."""

    type = "transform"
    aliases = ("data-transformer",)
    Config = TransformConfig
    label = "Transform"
    description = "Builds new data from templates"
    result = {"…": "The output, as the item or under transform"}
    example = Example(
        {"output": {"name": "{{ data.first }} {{ data.last }}"}},
        {"first": "Ada", "last": "Lovelace"},
        {"name": "Ada Lovelace"},
    )

    def execute(self, config: TransformConfig, data: Data, context: NodeContext) -> NodeResult:
        """Everything was done by the templates."""
        return NodeResult(config.output, form=Form.REPLACE if config.overwrite else Form.ADD)
