"""The AsyncAPI document of the bus: what is said on it, by type and version."""

from __future__ import annotations

import json
from typing import Any

from shared.events.catalog import EventType
from shared.events.catalog.versions import every_version


def document() -> str:
    """AsyncAPI 3.0; payloads are the schemas in `events/schemas/`."""
    kinds = every_version()
    topics = sorted({topic for kind in kinds for topic in kind.topics})
    whole = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Millrace events",
            "version": "1",
            "description": "CloudEvents 1.0, as the detail of events on the EventBridge bus. "
            "One with dataref has its data in a bucket; beside it stand the small fields. "
            "Fields marked pii are in sealed, encrypted.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, kinds) for topic in topics},
        "operations": {
            f"hear-{topic}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{topic}"},
                "summary": f"What subscribers of {topic} hear.",
            }
            for topic in topics
        },
        "components": {"messages": {_name(kind): _message(kind) for kind in kinds}},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _channel(topic: str, kinds: list[EventType]) -> dict[str, Any]:
    names = [_name(kind) for kind in kinds if topic in kind.topics]
    return {
        "address": "millrace",
        "title": topic,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _message(kind: EventType) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": f"{kind.name}, version {kind.version}",
        "summary": " ".join((kind.model.__doc__ or "").split()),
        "tags": [{"name": topic} for topic in kind.topics],
        "payload": {"$ref": f"../events/schemas/{_name(kind)}.json"},
        "examples": [{"payload": {"data": kind.check(kind.sample)}}],
    }


def _name(kind: EventType) -> str:
    return f"{kind.name}.v{kind.version}"
