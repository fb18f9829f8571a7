"""Hands items to another loop."""

from __future__ import annotations

from pydantic import Field

from shared.graph import Data, NodeContext, NonBlockingNode
from shared.nodes.config import NodeConfig
from shared.nodes.example import Example
from shared.nodes.ports import QUEUES, Queues


class QueueConfig(NodeConfig):
    """Which queue."""

    queue_name: str = Field(
        "",
        max_length=200,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="Nothing is the queue between the writer and the reader that are connected",
    )


class QueueWriterNode(NonBlockingNode[QueueConfig]):
    """In production the path ends here; in an api flow it goes on, and no queue is used."""

    type = "queue-node-writer"
    aliases = ("queue-writer",)
    Config = QueueConfig
    queue = "writer"
    needs = frozenset({QUEUES})
    label = "Queue writer"
    description = "Hands its item to the loop behind a queue"
    result = {"…": "Nothing is added"}
    example = Example({}, {"name": "Ada"}, {"name": "Ada"})

    async def execute(self, config: QueueConfig, data: Data, context: NodeContext) -> None:
        """Puts the item into every queue of this writer, once."""
        port: Queues | None = context.ports.get(QUEUES)
        if port is not None:
            await port.put(context.node_id, data, context.idempotency_key())

    async def cleanup(self, context: NodeContext) -> None:
        """Readers learn that nothing more comes from here."""
        port: Queues | None = context.ports.get(QUEUES)
        if port is not None:
            await port.end(context.node_id)
