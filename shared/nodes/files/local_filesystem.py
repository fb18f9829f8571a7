"""Files of the tenant's own space, in one node for both ways (seed 003)."""

from __future__ import annotations

from typing import Any, Self

from pydantic import AliasChoices, Field, field_validator, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.example import Example
from shared.nodes.files.file_reader import READ_RESULT
from shared.nodes.files.paths import confined
from shared.nodes.files.storing import StorageConfig, store
from shared.nodes.ports import FILES, Files


class LocalFilesystemConfig(StorageConfig):
    """Which file."""

    file_path: str = Field("", description="reports/march.csv")
    glob: str = Field(
        "",
        validation_alias=AliasChoices("glob", "file_pattern", "pattern"),
        description="For read: reports/*.csv",
    )

    @field_validator("file_path", "glob")
    @classmethod
    def _inside(cls, value: str) -> str:
        return confined(value) if value and "{{" not in value else value

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.mode == "write" and not self.file_path:
            raise ValueError("file_path: say where to write")
        if self.file_path and self.glob:
            raise ValueError("write either a file_path or a pattern")
        return self


class LocalFilesystemNode(BlockingNode[LocalFilesystemConfig]):
    """Reads or writes; nothing is reached outside the space."""

    type = "local-filesystem"
    Config = LocalFilesystemConfig
    label = "File storage"
    description = "Reads or writes a file of your space, as its mode says"
    needs = frozenset({FILES})
    result = {**READ_RESULT, "status": "write: written", "bytes": "write: how many"}
    example = Example(
        {"mode": "write", "file_path": "out.txt"},
        {"data": "text"},
        {"local_filesystem": {"status": "written", "file_path": "out.txt", "bytes": 4}},
    )

    async def execute(
        self, config: LocalFilesystemConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Either way."""
        port: Files = context.ports[FILES]
        key = context.idempotency_key()
        return await store(port, config, config.file_path, config.glob, data, key)
