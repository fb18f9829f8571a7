"""A request and a reply, whichever of the two APIs they come by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


class BadRequestError(Exception):
    """The request is none that OpenAI would take; the message says where."""


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool that may be called."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message, whoever wrote it; `calls` are id, name and arguments."""

    role: str
    text: str
    calls: Sequence[tuple[str, str, str]] = ()
    answers: str = ""
    """The id of the call whose result this is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What matters of a request."""

    model: str
    text: str
    """What the user said last."""
    tool_result: str | None
    """What a tool answered, if nothing was said since."""
    tools: Sequence[OfferedTool]
    choice: str
    """`auto`, `none`, `required`, or a tool's name."""
    schema: Mapping[str, Any] | None
    """Of the answer, if it is to be JSON."""
    size: int
    """Characters that were sent."""
    messages: Sequence[Message] = ()
    """The whole conversation, oldest first."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; the arguments of a call are text, as a model writes them."""

    text: str = ""
    calls: Sequence[tuple[str, str]] = ()
    end: Literal["stop", "tool_calls", "length", "refusal"] = "stop"

    def output_tokens(self) -> int:
        """As the offline model counts: four characters make a token."""
        written = self.text + "".join(name + arguments for name, arguments in self.calls)
        return len(written) // 4 + 1


def called(name: str, arguments: Mapping[str, Any] | str) -> Reply:
    """A reply that calls one tool."""
    text = arguments if isinstance(arguments, str) else json.dumps(dict(arguments))
    return Reply(calls=[(name, text)], end="tool_calls")


def offered(name: Any, parameters: Any, strict: Any) -> OfferedTool:
    """A tool, with the checks that OpenAI makes of a strict one."""
    if not isinstance(name, str) or not isinstance(parameters or {}, Mapping):
        raise BadRequestError("a tool needs a name, and parameters that are a JSON Schema")
    if strict:
        _require_strict(parameters or {}, name)
    return OfferedTool(name, parameters or {})


def _require_strict(schema: Any, name: str) -> None:
    if isinstance(schema, list):
        for part in schema:
            _require_strict(part, name)
    if not isinstance(schema, Mapping):
        return
    if schema.get("type") == "object":
        fields = set(schema.get("properties", {}))
        closed = schema.get("additionalProperties") is False
        if not closed or set(schema.get("required", ())) != fields:
            raise BadRequestError(
                f"Invalid schema for function '{name}': 'additionalProperties' is required to be "
                "false and 'required' to name every property"
            )
    for part in schema.values():
        _require_strict(part, name)
