"""The generated files below `events/`: schemas and samples by type and version, a table."""

from __future__ import annotations

import json
from typing import Any

from shared.events.catalog import EventType, all_types
from shared.events.catalog.versions import every_version
from tools.aws_samples import SAMPLES

_REQUIRED = ["specversion", "id", "type", "source", "time", "dataschema", "tenant", "data"]


def contents() -> dict[str, str]:
    """Every generated file by its path below `events/`."""
    files = {"README.md": _table()}
    for kind in every_version():
        name = f"{kind.name}.v{kind.version}"
        files[f"schemas/{name}.json"] = _json(schema(kind))
        files[f"samples/{name}.json"] = _json(sample(kind))
    for name, event in SAMPLES.items():
        files[f"aws/{name}.json"] = _json(event)
    return files


def schema(kind: EventType) -> dict[str, Any]:
    """The JSON Schema of a type's envelope."""
    data = kind.model.model_json_schema(mode="validation")
    definitions = data.pop("$defs", {})
    text = {"type": "string"}
    whole: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{kind.name}, version {kind.version}",
        "description": (kind.model.__doc__ or "").strip(),
        "type": "object",
        "required": _REQUIRED,
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "type": {"const": kind.name},
            "source": text,
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": {"const": f"{kind.name}.v{kind.version}"},
            "subject": {"type": "string", "description": "The entity, as kind/id."},
            "tenant": text,
            "sequence": {"type": "integer", "minimum": 1},
            "correlationid": text,
            "causationid": text,
            "topics": {"type": "array", "items": text},
            "metadata": {"type": "object"},
            "data": data,
            "dataref": {
                "type": "string",
                "pattern": "^[^/]+/events/[0-9a-f]{64}-[1-9][0-9]*$",
                "description": "CloudEvents' claim check: where the data is if it is too large for "
                "the bus. Then data holds the small fields only, those that are required or not.",
            },
            "sealed": {
                "type": "object",
                "description": "The personal fields of data (pii), encrypted: then data is without "
                "them, those that are required or not.",
                "required": ["key", "fields", "box"],
                "properties": {
                    "key": {"type": "string", "description": "The tenant's data key."},
                    "fields": {"type": "array", "items": text},
                    "box": {"type": "string", "contentEncoding": "base64"},
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }
    return whole | ({"$defs": definitions} if definitions else {})


def sample(kind: EventType) -> dict[str, Any]:
    """An EventBridge event of the type, as a rule's target gets it."""
    return {
        "version": "0",
        "id": "7f3c1f62-6a5e-4a57-9d0c-0c4c6d1f1a11",
        "detail-type": kind.name,
        "source": kind.source,
        "account": "123456789012",
        "time": "2026-01-15T10:30:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "specversion": "1.0",
            "id": "01935f3e-7c1a-7000-8000-00000000cafe",
            "type": kind.name,
            "source": kind.source,
            "time": "2026-01-15T10:30:00.000000Z",
            "datacontenttype": "application/json",
            "dataschema": f"{kind.name}.v{kind.version}",
            "tenant": "demo",
            "topics": list(kind.topics),
            "metadata": {},
            "data": kind.check(kind.sample),
        },
    }


def _table() -> str:
    lines = [
        "# Event types",
        "",
        "Generated from `shared/events/catalog/`: `make generate`. Each type has a JSON Schema of",
        "its envelope in `schemas/` and an EventBridge event with sample data in `samples/`.",
        "Fields with * are personal, sealed on the bus; of open types undeclared ones are, too.",
        "What other AWS services send and our rules accept has a sample in `aws/`.",
        "",
        "| type | version | topics | also accepted as | what happened | data |",
        "|---|---|---|---|---|---|",
    ]
    for kind in all_types():
        fields = ", ".join(
            (name if field.is_required() else f"{name}?") + ("*" if name in kind.personal else "")
            for name, field in kind.model.model_fields.items()
        )
        doc = " ".join((kind.model.__doc__ or "").split())
        aliases = ", ".join(f"`{alias}`" for alias in kind.aliases)
        topics = ", ".join(kind.topics)
        lines.append(
            f"| `{kind.name}` | {kind.version} | {topics} | {aliases} | {doc} | {fields} |"
        )
    return "\n".join(lines) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
