"""The format of Responses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.offline_model.chat import pieces, text_of
from local.offline_model.conversation import (
    Asked,
    BadRequestError,
    Message,
    OfferedTool,
    Reply,
    offered,
)


def asked(body: Mapping[str, Any]) -> Asked:
    """Reads a request."""
    given = body.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if not isinstance(items, list) or not items:
        raise BadRequestError("Missing required parameter: 'input'.")
    known = {item.get("call_id") for item in items if item.get("type") == "function_call"}
    results = [item for item in items if item.get("type") == "function_call_output"]
    if any(item.get("call_id") not in known for item in results):
        raise BadRequestError("No tool call found for function call output.")
    said = [text_of(item.get("content")) for item in items if item.get("role") == "user"]
    last = items[-1]
    is_result = last.get("type") == "function_call_output"
    form = (body.get("text") or {}).get("format") or {}
    return Asked(
        str(body.get("model", "")),
        said[-1] if said else "",
        str(last.get("output", "")) if is_result else None,
        [_tool(tool) for tool in body.get("tools") or ()],
        _choice(body.get("tool_choice", "auto")),
        form.get("schema"),
        len(json.dumps(items)),
        [*_instructions(body), *(_message(item) for item in items)],
    )


def whole(reply: Reply, to: Asked) -> dict[str, Any]:
    """An answer in one piece."""
    short = reply.end == "length"
    read, written = to.size // 4 + 1, reply.output_tokens()
    return {
        **_frame(to, "incomplete" if short else "completed"),
        "incomplete_details": {"reason": "max_output_tokens"} if short else None,
        "output": _output(reply, to),
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        },
    }


def events(reply: Reply, to: Asked) -> Iterator[str]:
    """An answer as server-sent events."""
    made = whole(reply, to)
    number = 0

    def event(kind: str, **fields: Any) -> str:
        nonlocal number
        number += 1
        sent = {"type": kind, "sequence_number": number, **fields}
        return f"event: {kind}\ndata: {json.dumps(sent)}\n\n"

    yield event("response.created", response=_frame(to, "in_progress"))
    for index, item in enumerate(made["output"]):
        yield event("response.output_item.added", output_index=index, item=item)
        is_call = item["type"] == "function_call"
        kind = "function_call_arguments" if is_call else "output_text"
        text = item["arguments"] if is_call else item["content"][0].get("text", "")
        where = {"item_id": item["id"], "output_index": index}
        for piece in pieces(text):
            place = where if is_call else where | {"content_index": 0, "logprobs": []}
            yield event(f"response.{kind}.delta", delta=piece, **place)
        yield event("response.output_item.done", output_index=index, item=item)
    yield event(f"response.{made['status']}", response=made)


def _output(reply: Reply, to: Asked) -> list[dict[str, Any]]:
    part: dict[str, Any] = {"type": "output_text", "text": reply.text, "annotations": []}
    if reply.end == "refusal":
        part = {"type": "refusal", "refusal": reply.text}
    message = {
        "type": "message",
        "id": "msg_offline",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }
    calls = [
        {
            "type": "function_call",
            "id": f"fc_{index}",
            "call_id": f"call_{to.size}_{index}",
            "name": name,
            "arguments": text,
            "status": "completed",
        }
        for index, (name, text) in enumerate(reply.calls)
    ]
    return [message, *calls] if reply.text else calls


def _frame(to: Asked, status: str) -> dict[str, Any]:
    return {
        "id": "resp_offline",
        "object": "response",
        "created_at": 0,
        "status": status,
        "model": to.model,
        "output": [],
        "error": None,
        "incomplete_details": None,
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }


def _instructions(body: Mapping[str, Any]) -> list[Message]:
    said = body.get("instructions")
    return [Message("system", str(said))] if said else []


def _message(item: Mapping[str, Any]) -> Message:
    if item.get("type") == "function_call":
        call = (str(item.get("call_id")), str(item.get("name")), str(item.get("arguments")))
        return Message("assistant", "", [call])
    if item.get("type") == "function_call_output":
        return Message("tool", str(item.get("output", "")), answers=str(item.get("call_id")))
    return Message(str(item.get("role")), text_of(item.get("content")))


def _tool(tool: Any) -> OfferedTool:
    if not isinstance(tool, Mapping):
        raise BadRequestError("Invalid type for 'tools[0]': expected an object.")
    return offered(tool.get("name"), tool.get("parameters"), tool.get("strict", True))


def _choice(choice: Any) -> str:
    return str(choice["name"] if isinstance(choice, Mapping) else choice)
