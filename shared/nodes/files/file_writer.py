"""Files of the tenant's own space."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field, field_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.example import Example
from shared.nodes.files.paths import confined
from shared.nodes.files.writing import WriteConfig, write_file
from shared.nodes.ports import FILES, Files


class FileWriterConfig(WriteConfig):
    """Where to."""

    path: str = Field(
        min_length=1,
        validation_alias=AliasChoices("path", "file_path"),
        description="reports/march.csv; folders are made",
    )

    @field_validator("path")
    @classmethod
    def _inside(cls, value: str) -> str:
        return value if "{{" in value else confined(value)


class FileWriterNode(BlockingNode[FileWriterConfig]):
    """Writes once, however often it is tried; the item goes on."""

    type = "file-writer"
    Config = FileWriterConfig
    label = "Write file"
    description = "Writes a file of your space"
    needs = frozenset({FILES})
    result = {"file_path": "Where it is now", "bytes": "How many were written"}
    example = Example(
        {"path": "out/{{ data.name }}.txt", "content": "Dear {{ data.name }}", "mode": "new"},
        {"name": "ada"},
        {"file_writer": {"file_path": "out/ada.txt", "bytes": 8}},
    )

    async def execute(
        self, config: FileWriterConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Writes."""
        port: Files = context.ports[FILES]
        return await write_file(port, config, config.path, data, context.idempotency_key())
