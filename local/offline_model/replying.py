"""What is replied to a request: a step of the script, a tool call by grammar, or a plain word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from local.offline_model.conversation import Asked, Reply, called
from local.offline_model.grammars import Grammars
from local.offline_model.script import Call, Fault, Say

OFFLINE: Final = "I am Millrace's offline model; no real model was asked."
_SHOWN: Final = 500


def scripted(step: Say | Call | Fault, asked: Asked) -> Reply:
    """The reply that a step says; a fault of the transport is none of its business."""
    if isinstance(step, Say):
        return Reply(step.text)
    if isinstance(step, Call):
        return called(step.name, step.arguments)
    first = asked.tools[0].name if asked.tools else "a_tool"
    replies = {
        "malformed_arguments": called(first, '{"query": "Ann'),
        "unknown_tool": called("no_such_tool", {}),
        "prose": Reply("Certainly! I would call the tool, and here is what I think instead."),
        "tool_loop": called(first, minimal(asked.tools[0].parameters) if asked.tools else {}),
        "refusal": Reply("I cannot help with that.", end="refusal"),
        "cut_off": Reply('{"cut', end="length"),
    }
    return replies[step.kind]


def unscripted(asked: Asked, grammars: Grammars) -> Reply:
    """The same reply to the same request, always."""
    named = [tool for tool in asked.tools if asked.choice in {tool.name, "auto", "required"}]
    if asked.tool_result is None and (call := grammars.understood(asked.text, named)):
        return called(call.name, call.arguments)
    if asked.choice in {"auto", "none"} and (replied := grammars.replied(asked)):
        return replied
    if asked.tool_result is not None:
        return _said(asked, f"The tool answered: {asked.tool_result[:_SHOWN]}")
    if asked.choice != "auto" and named:
        return called(named[0].name, minimal(named[0].parameters))
    return _said(asked, f"You said: {asked.text[:_SHOWN]}")


def _said(asked: Asked, text: str) -> Reply:
    if asked.schema is not None:
        return Reply(json.dumps(minimal(asked.schema)))
    return Reply(f"{OFFLINE} {text}")


def minimal(schema: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> Any:
    """The smallest value that a schema takes, as far as types, enums and bounds say."""
    whole = schema if whole is None else whole
    if "$ref" in schema:
        return minimal(
            whole.get("$defs", {}).get(str(schema["$ref"]).rpartition("/")[2], {}), whole
        )
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", [])), None))
    if "anyOf" in schema:
        parts = [part for part in schema["anyOf"] if part.get("type") == "null"]
        return minimal((parts or schema["anyOf"])[0], whole)
    return _of_type(schema, whole)


def _of_type(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: minimal(fields.get(name, {}), whole) for name in schema.get("required", ())}
    if kind == "array":
        return [minimal(schema.get("items", {}), whole)] * int(schema.get("minItems", 0))
    if kind in {"integer", "number"}:
        return schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else _least(schema)
    if kind == "string":
        return "x" * int(schema.get("minLength", 0))
    return False if kind == "boolean" else None


def _least(schema: Mapping[str, Any]) -> Any:
    return schema.get("minimum", min(0, schema.get("maximum", 0)))
