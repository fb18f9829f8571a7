"""Events of the platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from pydantic import Field, field_validator

from shared.graph import EXECUTION_COMPLETED, Data, Form, NodeContext, NodeResult, ProducerNode
from shared.nodes.config import NodeConfig
from shared.nodes.example import Example
from shared.nodes.ports import ARRIVALS, Arrivals

_TYPE: Final = re.compile(r"(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_]*))?")


class EventTriggerConfig(NodeConfig):
    """Which events."""

    event_types: tuple[str, ...] = Field(min_length=1, description="lead.created, or lead.*")
    condition: str = Field("", description="About the event: event.data.value > 1000")

    @field_validator("event_types")
    @classmethod
    def _types(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _TYPE.fullmatch(name):
                raise ValueError(f"{name!r} is no type of event; write lead.created or lead.*")
        return names

    def names(self, event_type: str) -> bool:
        """Whether events of this type are wanted."""
        return any(fnmatchcase(event_type, wanted) for wanted in self.event_types)


class EventTriggerNode(ProducerNode[EventTriggerConfig]):
    """One event is one iteration; others, and those that the condition refuses, are none."""

    type = "event-trigger"
    Config = EventTriggerConfig
    output_key = "event"
    label = "Event trigger"
    description = "Starts an iteration for each event of some types"
    needs = frozenset({ARRIVALS})
    expressions = frozenset({"condition"})
    result = {"event": "The event: id, type, time, data and what else the envelope has"}
    example = Example(
        {"event_types": ["lead.*"], "condition": "event.data.value > 1000"},
        {"event": {"id": "e1", "type": "lead.created", "data": {"value": 5000}}},
        {"event": {"id": "e1", "type": "lead.created", "data": {"value": 5000}}},
    )

    async def execute(self, config: EventTriggerConfig, data: Data, context: NodeContext) -> Any:
        """The next event that is wanted, or the one that is there if it is."""
        port: Arrivals | None = context.ports.get(ARRIVALS)
        if port is None:
            event = data.get("event")
            if not isinstance(event, Mapping) or "type" not in event:
                raise ValueError("event: the run was not started by an event; give one as input")
            wanted = _wanted(config, event, data, context)
            return NodeResult({"event": event}, form=Form.UPDATE) if wanted else EXECUTION_COMPLETED
        while (found := await port.take(context.node_id, config.model_dump())) is not None:
            if _wanted(config, found, data, context):
                return dict(found)
        return EXECUTION_COMPLETED


def _wanted(
    config: EventTriggerConfig, event: Mapping[str, Any], data: Data, context: NodeContext
) -> bool:
    from shared.graph.expressions import holds

    if not config.names(str(event.get("type"))):
        return False
    names = {**context.names(data), "event": event}
    return not config.condition or holds(config.condition, names)
