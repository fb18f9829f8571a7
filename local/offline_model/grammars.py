"""What the offline model understands without a script: a registry, and two grammars.

One calls an offered tool by its name: `search_leads {"query": "Ann"}` or
`search_leads query=Ann limit=5 note="two words"`. The other, in `crm`, is that of the CRM's
assistant; it sees the whole conversation.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.offline_model import crm
from local.offline_model.conversation import Asked, OfferedTool, Reply
from local.offline_model.script import Call

Grammar = Callable[[str, Sequence[OfferedTool]], Call | None]
"""The tool call that a text means, or None if it means nothing to this grammar."""

Conversational = Callable[[Asked], Reply | None]
"""The reply to a conversation, or None if it is not this grammar's."""


class Grammars:
    """Grammars in the order of their asking; those that were registered last are asked first."""

    def __init__(self) -> None:
        self._grammars: list[Grammar] = [by_name]
        self._conversational: list[Conversational] = [crm.reply]

    def register(self, grammar: Grammar) -> None:
        """Adds a grammar."""
        self._grammars.insert(0, grammar)

    def understood(self, text: str, tools: Sequence[OfferedTool]) -> Call | None:
        """The call that a text means; a grammar never gets one past that was not offered."""
        names = {tool.name for tool in tools}
        for grammar in self._grammars:
            call = grammar(text, tools)
            if call is not None and call.name in names:
                return call
        return None

    def replied(self, asked: Asked) -> Reply | None:
        """What a grammar of whole conversations replies."""
        return next((said for of in self._conversational if (said := of(asked))), None)


def by_name(text: str, tools: Sequence[OfferedTool]) -> Call | None:
    """`NAME {JSON}` or `NAME key=value …`."""
    name, _, rest = text.strip().partition(" ")
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None:
        return None
    given = _json(rest) if rest.lstrip().startswith("{") else _pairs(rest, tool.parameters)
    return None if given is None else Call(name=name, arguments=given)


def _json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _pairs(text: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        words = [word.partition("=") for word in shlex.split(text)]
    except ValueError:
        return None
    if not all(name and equals for name, equals, _ in words):
        return None
    properties = parameters.get("properties", {})
    given: dict[str, Any] = {
        name: _typed(value, properties.get(name, {})) for name, _, value in words
    }
    # A strict tool takes every field; what was not said is null.
    return {name: None for name in parameters.get("required", ()) if name not in given} | given


def _typed(value: str, schema: Mapping[str, Any]) -> Any:
    kinds = {schema.get("type"), *(part.get("type") for part in schema.get("anyOf", ()))}
    if "string" in kinds:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
