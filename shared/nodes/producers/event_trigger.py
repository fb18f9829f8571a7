"""Events of the platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field, field_validator

from shared.graph import EXECUTION_COMPLETED, Data, Form, NodeContext, NodeResult, ProducerNode
from shared.nodes.config import NodeConfig, Widget, json_value
from shared.nodes.example import Example
from shared.nodes.ports import ARRIVALS, Arrivals

if TYPE_CHECKING:  # who draws flows needs no catalogue
    from shared.events.triggers import Trigger

_TYPE: Final = re.compile(r"(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_]*))?")


def _parsed(value: Any) -> Any:
    if isinstance(value, str):
        return json_value(value) if value.strip() else {}
    return value


class EventTriggerConfig(NodeConfig):
    """Which events."""

    event_types: tuple[str, ...] = Field(
        min_length=1, max_length=20, description="lead.created, or lead.*"
    )
    filter: Annotated[dict[str, Any], BeforeValidator(_parsed), Widget("json")] = Field(
        {}, description='A pattern of the event: {"data": {"value": [{"numeric": [">", 1000]}]}}'
    )
    condition: str = Field("", description="About the event: event.data.value > 1000")

    @field_validator("event_types")
    @classmethod
    def _types(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        from shared.events.catalog.registry import UnknownEventTypeError
        from shared.events.triggers import known

        for name in names:
            if not _TYPE.fullmatch(name):
                raise ValueError(f"{name!r} is no type of event; write lead.created or lead.*")
        try:
            return tuple(dict.fromkeys(known(name) for name in names))
        except UnknownEventTypeError as error:
            raise ValueError(str(error)) from None

    @field_validator("filter")
    @classmethod
    def _pattern(cls, given: dict[str, Any]) -> dict[str, Any]:
        from shared.events.patterns import InvalidPatternError
        from shared.events.triggers import filter_text

        try:
            filter_text(given)
        except InvalidPatternError as error:
            raise ValueError(str(error)) from None
        return given

    def trigger(self, node: str) -> Trigger:
        """What is kept of it, so that its events find the workflow."""
        from shared.events.triggers import Trigger, filter_text

        return Trigger(node=node, types=self.event_types, filter=filter_text(self.filter))


class EventTriggerNode(ProducerNode[EventTriggerConfig]):
    """One event is one iteration; others, and those that the condition refuses, are none.

    A published api workflow is started by each event of the types that the filter wants. The
    condition is looked at in the run, which ends there if it refuses.
    """

    type = "event-trigger"
    Config = EventTriggerConfig
    output_key = "event"
    label = "Event trigger"
    description = "Starts an iteration for each event of some types"
    needs = frozenset({ARRIVALS})
    expressions = frozenset({"condition"})
    verbatim = frozenset({"event_types", "filter"})
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

    if not config.trigger(context.node_id).fits(str(event.get("type")), event):
        return False
    names = {**context.names(data), "event": event}
    return not config.condition or holds(config.condition, names)
