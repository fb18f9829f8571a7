"""Objects of the tenant's buckets."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import Choices
from shared.nodes.example import Example
from shared.nodes.files.buckets import bucket_names, object_keys
from shared.nodes.files.file_reader import READ_RESULT
from shared.nodes.files.reading import ReadConfig, read_files
from shared.nodes.ports import BUCKETS, Buckets


class S3ReaderConfig(ReadConfig):
    """Which objects."""

    bucket_name: Annotated[str, Choices(bucket_names)] = Field(min_length=1)
    object_key: Annotated[str, Choices(object_keys, dependent_on=("bucket_name",))] = Field(
        "", description="Nothing lists the keys"
    )
    glob: str = Field("", description="reports/*.csv instead of a key")


class S3ReaderNode(BlockingNode[S3ReaderConfig]):
    """Reads buckets that were registered for the tenant, and no others."""

    type = "s3-reader"
    Config = S3ReaderConfig
    label = "Read S3"
    description = "Reads objects of a bucket: whole, lines, batches, tail"
    needs = frozenset({BUCKETS})
    result = {**READ_RESULT, "file_path": "The key of the object"}
    example = Example(
        {"bucket_name": "acme-data", "object_key": "notes.txt", "read_mode": "tail", "lines": 1},
        {},
        {"s3_reader": {"file_path": "notes.txt", "read_mode": "tail", "items": ["two"]}},
    )

    async def execute(
        self, config: S3ReaderConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Reads; without a key it tells which there are."""
        port: Buckets = context.ports[BUCKETS]
        files = await port.open(config.bucket_name)
        if not config.object_key and not config.glob:
            listing = config.model_copy(update={"read_mode": "list"})
            return await read_files(files, listing, "", "**")
        return await read_files(files, config, config.object_key, config.glob)
