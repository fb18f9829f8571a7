"""The format of Chat Completions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.offline_model.conversation import (
    Asked,
    BadRequestError,
    Message,
    OfferedTool,
    Reply,
    offered,
)

PIECES: Final = 12
"""Characters in a chunk of a stream."""
_ENDS: Final = {"refusal": "stop"}


def asked(body: Mapping[str, Any]) -> Asked:
    """Reads a request."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("Missing required parameter: 'messages'.")
    known = {call["id"] for m in messages for call in m.get("tool_calls") or ()}
    for message in messages:
        if message.get("role") == "tool" and message.get("tool_call_id") not in known:
            raise BadRequestError("messages with role 'tool' must answer a call in 'tool_calls'")
    said = [text_of(m.get("content")) for m in messages if m.get("role") == "user"]
    last = messages[-1]
    form = (body.get("response_format") or {}).get("json_schema") or {}
    return Asked(
        str(body.get("model", "")),
        said[-1] if said else "",
        text_of(last.get("content")) if last.get("role") == "tool" else None,
        [_tool(tool) for tool in body.get("tools") or ()],
        _choice(body.get("tool_choice", "auto")),
        form.get("schema"),
        len(json.dumps(messages)),
        [_message(message) for message in messages],
    )


def whole(reply: Reply, to: Asked) -> dict[str, Any]:
    """An answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.calls:
        message["tool_calls"] = _calls(reply, to)
    if reply.end == "refusal":
        message |= {"content": None, "refusal": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": _ENDS.get(reply.end, reply.end)}
    return _frame("chat.completion", to) | {"choices": [choice], "usage": _usage(reply, to)}


def events(reply: Reply, to: Asked) -> Iterator[str]:
    """An answer as server-sent events."""
    frame = _frame("chat.completion.chunk", to)
    field = "refusal" if reply.end == "refusal" else "content"
    yield _event(frame, {"role": "assistant", "content": ""})
    for piece in pieces(reply.text):
        yield _event(frame, {field: piece})
    for index, call in enumerate(_calls(reply, to)):
        text = call["function"]["arguments"]
        start = call | {"index": index, "function": call["function"] | {"arguments": ""}}
        yield _event(frame, {"tool_calls": [start]})
        for piece in pieces(text):
            yield _event(
                frame, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
            )
    yield _event(frame, {}, _ENDS.get(reply.end, reply.end))
    yield f"data: {json.dumps(frame | {'choices': [], 'usage': _usage(reply, to)})}\n\n"
    yield "data: [DONE]\n\n"


def text_of(content: Any) -> str:
    """The text of a message's content, which may be in parts."""
    if isinstance(content, str):
        return content
    return " ".join(str(p.get("text", "")) for p in content or () if isinstance(p, Mapping))


def pieces(text: str) -> list[str]:
    """A text cut into pieces."""
    return [text[at : at + PIECES] for at in range(0, len(text), PIECES)]


def _message(message: Mapping[str, Any]) -> Message:
    calls = [
        (str(call["id"]), str(call["function"]["name"]), str(call["function"]["arguments"]))
        for call in message.get("tool_calls") or ()
    ]
    answers = str(message.get("tool_call_id") or "")
    return Message(str(message.get("role")), text_of(message.get("content")), calls, answers)


def _tool(tool: Any) -> OfferedTool:
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(function, Mapping):
        raise BadRequestError("Missing required parameter: 'tools[0].function'.")
    return offered(function.get("name"), function.get("parameters"), function.get("strict"))


def _choice(choice: Any) -> str:
    return str(choice["function"]["name"] if isinstance(choice, Mapping) else choice)


def _calls(reply: Reply, to: Asked) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{to.size}_{index}",
            "type": "function",
            "function": {"name": name, "arguments": text},
        }
        for index, (name, text) in enumerate(reply.calls)
    ]


def _frame(kind: str, to: Asked) -> dict[str, Any]:
    return {"id": "chatcmpl-offline", "object": kind, "created": 0, "model": to.model}


def _usage(reply: Reply, to: Asked) -> dict[str, Any]:
    read, written = to.size // 4 + 1, reply.output_tokens()
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def _event(frame: dict[str, Any], delta: dict[str, Any], reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return f"data: {json.dumps(frame | {'choices': [choice]})}\n\n"
