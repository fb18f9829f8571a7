"""Objects of the tenant's buckets."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import Choices
from shared.nodes.example import Example
from shared.nodes.files.buckets import bucket_names
from shared.nodes.files.paths import confined
from shared.nodes.files.writing import WriteConfig, write_file
from shared.nodes.ports import BUCKETS, Buckets


class S3WriterConfig(WriteConfig):
    """Where to."""

    bucket_name: Annotated[str, Choices(bucket_names)] = Field(min_length=1)
    object_key: str = Field(min_length=1, description="reports/march.csv")

    @field_validator("object_key")
    @classmethod
    def _inside(cls, value: str) -> str:
        return value if "{{" in value else confined(value)


class S3WriterNode(BlockingNode[S3WriterConfig]):
    """Writes into buckets that were registered for the tenant, and no others."""

    type = "s3-writer"
    Config = S3WriterConfig
    label = "Write S3"
    description = "Writes an object of a bucket"
    needs = frozenset({BUCKETS})
    result = {
        "status": "written",
        "bucket": "As configured",
        "key": "Of the object",
        "bytes": "How many were written",
    }
    example = Example(
        {"bucket_name": "acme-data", "object_key": "out.json"},
        {"n": 1},
        {"s3_writer": {"status": "written", "bucket": "acme-data", "key": "out.json", "bytes": 8}},
    )

    async def execute(
        self, config: S3WriterConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Writes."""
        port: Buckets = context.ports[BUCKETS]
        files = await port.open(config.bucket_name)
        key = context.idempotency_key()
        done = await write_file(files, config, config.object_key, data, key)
        where = {"bucket": config.bucket_name, "key": done["file_path"]}
        return {"status": "written", **where, "bytes": done["bytes"]}
