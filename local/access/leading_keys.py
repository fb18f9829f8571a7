"""Which partitions a call of DynamoDB touches: the value of the condition key LeadingKeys.

Every table of the platform has the partition key `pk`; a query names its own, also an index's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from local.access.conditions import Values

KEY: Final = "dynamodb:LeadingKeys"
_PARTITION: Final = "pk"
_EQUALS: Final = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def leading_keys(rows: Iterable[Mapping[str, Any]]) -> dict[str, Values]:
    """The partitions of keys or items; nothing if none of them can be told."""
    found = [_text(row[_PARTITION]) for row in rows if _PARTITION in row]
    return {KEY: tuple(found)} if found else {}


def keys_context(params: Mapping[str, Any]) -> dict[str, Values]:
    """The partitions of one operation."""
    if expression := params.get("KeyConditionExpression"):
        return _of_query(str(expression), params)
    row = params.get("Key") or params.get("Item")
    return leading_keys([row]) if row else {}


def _of_query(expression: str, params: Mapping[str, Any]) -> dict[str, Values]:
    """The one equality of a query that is not about its sort key comes first or last."""
    names = params.get("ExpressionAttributeNames") or {}
    values = params.get("ExpressionAttributeValues") or {}
    told = [(names.get(name, name), value) for name, value in _EQUALS.findall(expression)]
    partitions = [value for name, value in told if name == _PARTITION or name.endswith("_pk")]
    chosen = (partitions or [value for _, value in told])[:1]
    return {KEY: tuple(_text(values[value]) for value in chosen if value in values)}


def _text(value: Any) -> str:
    return str(next(iter(value.values()))) if isinstance(value, Mapping) else str(value)
