"""Single fields of the item."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.graph import BlockingNode, Data, Form, NodeContext, NodeResult
from shared.nodes.config import NodeConfig
from shared.nodes.data.paths import written
from shared.nodes.example import Example


class SetFieldsConfig(NodeConfig):
    """What is set."""

    fields: dict[str, Any] = Field(
        min_length=1, description="Values by place: lead.owner stands inside lead"
    )


class SetFieldsNode(BlockingNode[SetFieldsConfig]):
    """Sets fields and leaves the others as they are."""

    type = "set-fields"
    aliases = ("set",)
    Config = SetFieldsConfig
    label = "Set fields"
    description = "Sets fields of the item and leaves the others as they are"
    result = {"…": "The item with the fields set"}
    example = Example(
        {"fields": {"lead.size": "{{ 'big' if data.lead.value > 10000 else 'small' }}"}},
        {"lead": {"name": "Ada", "value": 50000}},
        {"lead": {"name": "Ada", "value": 50000, "size": "big"}},
    )

    def execute(self, config: SetFieldsConfig, data: Data, context: NodeContext) -> NodeResult:
        """Writes one place after another."""
        made: Any = data
        for path, value in config.fields.items():
            made = written(made, path, value)
        changed = {path.partition(".")[0] for path in config.fields}
        return NodeResult({name: made[name] for name in sorted(changed)}, form=Form.UPDATE)
