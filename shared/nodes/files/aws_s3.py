"""Objects of the tenant's buckets, in one node for both ways (seed 003)."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import Choices
from shared.nodes.example import Example
from shared.nodes.files.buckets import bucket_names
from shared.nodes.files.file_reader import READ_RESULT
from shared.nodes.files.storing import StorageConfig, store
from shared.nodes.ports import BUCKETS, Buckets


class AwsS3Config(StorageConfig):
    """Which object."""

    bucket_name: Annotated[str, Choices(bucket_names)] = Field(min_length=1)
    object_key: str = Field("", description="For read: nothing lists the keys")
    region: str = Field("", description="Not needed: the bucket was registered with its region")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.mode == "write" and not self.object_key:
            raise ValueError("object_key: say where to write")
        return self


class AwsS3Node(BlockingNode[AwsS3Config]):
    """Reads or writes buckets that were registered for the tenant, and no others."""

    type = "aws-s3"
    Config = AwsS3Config
    label = "S3 storage"
    description = "Reads or writes an object of a bucket, as its mode says"
    needs = frozenset({BUCKETS})
    result = {**READ_RESULT, "status": "write: written", "bytes": "write: how many"}
    example = Example(
        {"bucket_name": "acme-data", "object_key": "notes.txt"},
        {},
        {"aws_s3": {"file_path": "notes.txt", "read_mode": "full", "data": "one\ntwo\n"}},
    )

    async def execute(
        self, config: AwsS3Config, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Either way."""
        port: Buckets = context.ports[BUCKETS]
        files = await port.open(config.bucket_name)
        return await store(files, config, config.object_key, "", data, context.idempotency_key())
