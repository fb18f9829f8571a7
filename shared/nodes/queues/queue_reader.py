"""Items that another loop handed over."""

from __future__ import annotations

from typing import Any

from shared.graph import EXECUTION_COMPLETED, Data, Form, NodeContext, NodeResult, ProducerNode
from shared.nodes.example import Example
from shared.nodes.ports import QUEUES, Queues
from shared.nodes.queues.queue_writer import QueueConfig


class QueueReaderNode(ProducerNode[QueueConfig]):
    """The item is what the writer had; when all writers have ended there is nothing more."""

    type = "queue-reader-dummy"
    aliases = ("queue-reader",)
    Config = QueueConfig
    queue = "reader"
    needs = frozenset({QUEUES})
    label = "Queue reader"
    description = "Starts an iteration for each item of a queue"
    result = {"…": "The item as the writer had it"}
    example = Example({}, {"name": "Ada"}, {"name": "Ada"})

    async def execute(self, config: QueueConfig, data: Data, context: NodeContext) -> Any:
        """Waits for the next item; without a queue the item that is there."""
        port: Queues | None = context.ports.get(QUEUES)
        if port is None:
            return None
        found = await port.take(context.node_id)
        if found is None:
            return EXECUTION_COMPLETED
        return NodeResult(dict(found), form=Form.REPLACE)
