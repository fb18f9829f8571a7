"""An event that others may act on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.example import Example
from shared.nodes.ports import EVENTS, Events


class EmitEventConfig(BaseModel):
    """Which event, with what data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_type: str
    data: dict[str, Any] = {}


class EmitEventNode(BlockingNode[EmitEventConfig]):
    """Emits once per item and execution, however often it is tried."""

    type = "emit-event"
    Config = EmitEventConfig
    label = "Emit event"
    description = "Tells others that something happened"
    result = {"id": "Of the event", "type": "Of the event"}
    example = Example(
        {"event_type": "lead.qualified", "data": {"lead_id": "{{ data.id }}"}},
        {"id": "l1"},
        {"emit_event": {"id": "event of x/it", "type": "lead.qualified"}},
    )
    needs = frozenset({EVENTS})

    async def execute(
        self, config: EmitEventConfig, data: Data, context: NodeContext
    ) -> dict[str, str]:
        """Writes it into the outbox."""
        port: Events = context.ports[EVENTS]
        event_id = await port.emit(config.event_type, config.data, context.idempotency_key())
        return {"id": event_id, "type": config.event_type}
