"""The parts of a text."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from shared.graph import EXECUTION_COMPLETED, Data, NodeContext, ProducerNode
from shared.nodes.config import NodeConfig, Widget
from shared.nodes.example import Example

_SEPARATORS: Final = {"newline": "\n", "comma": ","}


class StringIteratorConfig(NodeConfig):
    """Which text, and what is between its parts."""

    data_content: Annotated[str, Widget("textarea")] = Field(
        min_length=1, description="The text; parts are trimmed, empty ones left out"
    )
    separator_type: Literal["newline", "comma", "custom"] = "newline"
    custom_separator: str = Field("", description="For custom: what is between two parts")

    @model_validator(mode="after")
    def _separated(self) -> Self:
        if self.separator_type == "custom" and not self.custom_separator:
            raise ValueError("custom_separator: write what is between two parts")
        return self

    def parts(self) -> list[str]:
        """In their order."""
        separator = _SEPARATORS.get(self.separator_type, self.custom_separator)
        return [part.strip() for part in self.data_content.split(separator) if part.strip()]


class StringIteratorNode(ProducerNode[StringIteratorConfig]):
    """Gives one part after another; behind the last there is nothing more."""

    type = "string-iterator-producer"
    aliases = ("string-iterator",)
    Config = StringIteratorConfig
    output_key = "string_iterator"
    label = "String iterator"
    description = "Starts an iteration for each part of a text"
    result = {"value": "The part", "iteration_index": "From 1"}
    example = Example(
        {"data_content": "ada, bob", "separator_type": "comma"},
        {},
        {"string_iterator": {"value": "ada", "iteration_index": 1}},
    )

    async def setup(self, context: NodeContext) -> None:
        """Nothing was given yet."""
        self._done = 0

    def execute(self, config: StringIteratorConfig, data: Data, context: NodeContext) -> Any:
        """The next part."""
        parts = config.parts()
        if self._done >= len(parts):
            return EXECUTION_COMPLETED
        self._done += 1
        return {"value": parts[self._done - 1], "iteration_index": self._done}
