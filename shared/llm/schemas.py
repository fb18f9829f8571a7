"""Strict JSON Schemas of pydantic models: the subset that a model can be held to.

Every object is closed and names all its fields as required; a field that may be left out is one
that may be null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

_DROPPED: Final = ("title", "default", "discriminator")


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """A JSON Schema that a user wrote: any at all, so that no provider can be held to it."""

    name: str
    schema: Mapping[str, Any]


def told_schema(output: type[BaseModel] | OutputSchema) -> dict[str, Any]:
    """What a provider is told of the shape that an answer shall have."""
    if isinstance(output, OutputSchema):
        return {"name": output.name, "schema": dict(output.schema), "strict": False}
    return {"name": output.__name__, "schema": strict_schema(output), "strict": True}


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The strict schema of a model.

    Raises:
        TypeError: a field takes any keys, which no strict schema can say.
    """
    strict: dict[str, Any] = json.loads(_written(model))
    return strict


@lru_cache(maxsize=256)
def _written(model: type[BaseModel]) -> str:
    """As text, so that nobody can change what others get; to make one takes milliseconds."""
    whole = model.model_json_schema()
    return json.dumps(_strict(whole, whole, model.__name__))


def _strict(node: Any, whole: Mapping[str, Any], path: str) -> Any:
    if isinstance(node, list):
        return [_strict(part, whole, path) for part in node]
    if not isinstance(node, dict):
        return node
    node = _inlined(node, whole)
    made = {
        name: _within(name, part, whole, path)
        for name, part in node.items()
        if name not in _DROPPED and name != "required"
    }
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    if node.get("type") == "object":
        made = {"properties": {}, **made, **_closed(node, path)}
    return made


def _within(name: str, part: Any, whole: Mapping[str, Any], path: str) -> Any:
    """A part of a schema; the names of properties and definitions are not keywords."""
    if name in {"properties", "$defs"}:
        return {key: _strict(value, whole, f"{path}.{key}") for key, value in part.items()}
    if name in {"const", "enum", "examples"}:
        return part
    return _strict(part, whole, path)


def _inlined(node: dict[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """A reference may have nothing beside it, and what stands in an `allOf` alone needs none."""
    if len(parts := node.get("allOf", ())) == 1:
        node = {**parts[0], **{name: part for name, part in node.items() if name != "allOf"}}
    beside = {name: part for name, part in node.items() if name not in {"$ref", *_DROPPED}}
    if "$ref" in node and beside:
        return {**whole["$defs"][node["$ref"].rpartition("/")[2]], **beside}
    return node


def _closed(node: Mapping[str, Any], path: str) -> dict[str, Any]:
    if "properties" not in node and node.get("additionalProperties", True) is not False:
        raise TypeError(f"{path} takes any keys; give it a model with named fields, or JSON text")
    return {"additionalProperties": False, "required": list(node.get("properties", {}))}
