"""The node runner: one task of a compiled flow per call."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from pydantic import Field

import shared.nodes
from shared.graph import NodeRegistry
from shared.graph.durable import NodeRunner, TablesRecordStore
from shared.graph.durable.published import PublishedFlows
from shared.platform.blobs import S3Blobs
from shared.platform.dynamo import DynamoTables
from shared.platform.settings import FunctionSettings


class RunnerSettings(FunctionSettings):
    """Settings of the node runner."""

    executions_table: str = Field(description="Table of runs: what stands for each node.")
    workflows_table: str = Field(description="Table of published versions of flows.")
    values_bucket: str = Field(description="Bucket of values too large for the table.")


@lru_cache(maxsize=1)
def runner() -> NodeRunner:
    """The runner of this process."""
    told = RunnerSettings()  # the environment gives them
    tables = DynamoTables()
    store = TablesRecordStore(tables, told.executions_table, S3Blobs(told.values_bucket))
    registry = NodeRegistry.of(shared.nodes)
    return NodeRunner(store, PublishedFlows(tables, told.workflows_table, registry))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Does what the task asks for; what it raises is matched by the state machine's retries."""

    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    return asyncio.run(runner().handle(event, left))
