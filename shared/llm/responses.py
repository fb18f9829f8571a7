"""Requests and answers in the format of Responses; nothing is kept at the provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import Field

from shared.llm.chat import unfinished
from shared.llm.errors import (
    ContentRefusedError,
    ContextTooLongError,
    LLMProviderError,
    MalformedAnswerError,
    ProviderFailedError,
    RateLimitedError,
)
from shared.llm.messages import AssistantMessage, Message, ToolCall, ToolMessage, UserMessage
from shared.llm.port import Answer, End, Event, Finished, Request, TextDelta, calls_of
from shared.llm.providers import Endpoint
from shared.llm.reading import Wire, read
from shared.llm.schemas import told_schema
from shared.llm.tools import Tool
from shared.llm.usage import Usage

_MODES: Final = {"auto", "none", "required"}
_LAST: Final = {"response.completed", "response.incomplete", "response.failed"}
_FAILURES: Final[dict[str, type[LLMProviderError]]] = {
    "rate_limit_exceeded": RateLimitedError,
    "context_length_exceeded": ContextTooLongError,
}


def arguments(_: Endpoint, model: str, request: Request) -> dict[str, Any]:
    """What the client's `create` is given."""
    given: dict[str, Any] = {
        "model": model,
        "input": [item for message in request.messages for item in _items(message)],
        "max_output_tokens": request.max_output_tokens,
        "store": False,
    }
    if request.temperature is not None:
        given["temperature"] = request.temperature
    if request.tools:
        given["tools"] = [_tool(tool) for tool in request.tools]
        given["tool_choice"] = _choice(request.tool_choice)
        given["parallel_tool_calls"] = request.parallel_tool_calls
    if request.output is not None:
        given["text"] = {"format": {"type": "json_schema", **told_schema(request.output)}}
    return given


def answer_of(sent: Any, endpoint: Endpoint) -> Answer:
    """A whole answer."""
    whole = read(_Response, sent, endpoint.name)
    _raise_if_failed(whole, endpoint)
    text = "".join(part.text or "" for part in _parts(whole) if part.type == "output_text")
    calls = calls_of(
        (item.call_id, item.name, item.arguments)
        for item in whole.output
        if item.type == "function_call"
    )
    end: End = "tool_calls" if calls else "stop"
    if whole.status == "incomplete":
        end = "length"
    usage = whole.usage.usage() if whole.usage else Usage()
    if not text and not calls and end != "length":
        raise MalformedAnswerError(endpoint.name, "gave an empty answer; try again", usage)
    return Answer(text, calls, usage, end, whole.model, endpoint.name)


def events(sent: Iterable[Any], endpoint: Endpoint) -> Iterator[Event]:
    """An answer that comes in events."""
    started = False
    for one in sent:
        started = True
        event = read(_Event, one, endpoint.name)
        if event.type == "response.output_text.delta" and event.delta:
            yield TextDelta(event.delta)
        elif event.type == "error":
            raise _failure(event.code, endpoint)
        elif event.type in _LAST:
            yield Finished(answer_of(event.response, endpoint))
            return
    raise unfinished(endpoint, started)


def _raise_if_failed(whole: _Response, endpoint: Endpoint) -> None:
    why = whole.incomplete_details.reason if whole.incomplete_details else None
    refused = any(part.type == "refusal" for part in _parts(whole))
    if refused or why == "content_filter":
        raise ContentRefusedError(endpoint.name)
    if whole.status == "failed":
        raise _failure(whole.error.code if whole.error else None, endpoint)


def _parts(whole: _Response) -> list[_Part]:
    """What was said; what a model thought before is no part of its answer."""
    said = [item for item in whole.output if item.type == "message"]
    return [part for item in said for part in item.content or ()]


def _failure(code: str | None, endpoint: Endpoint) -> LLMProviderError:
    return _FAILURES.get(code or "", ProviderFailedError)(endpoint.name)


def _items(message: Message) -> list[dict[str, Any]]:
    if isinstance(message, ToolMessage):
        output = {"call_id": message.call_id, "output": message.text}
        return [{"type": "function_call_output", **output}]
    if isinstance(message, AssistantMessage):
        said = [{"role": "assistant", "content": message.text}] if message.text else []
        return [*said, *(_call(call) for call in message.tool_calls)]
    if isinstance(message, UserMessage) and message.images:
        shown = [{"type": "input_image", "image_url": url} for url in message.images]
        return [{"role": "user", "content": [{"type": "input_text", "text": message.text}, *shown]}]
    return [{"role": message.role, "content": message.text}]


def _call(call: ToolCall) -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": call.id,
        "name": call.name,
        "arguments": call.arguments,
    }


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
        "strict": tool.strict,
    }


def _choice(choice: str) -> Any:
    return choice if choice in _MODES else {"type": "function", "name": choice}


class _Cached(Wire):
    cached_tokens: int | None = 0


class _Counted(Wire):
    input_tokens: int = Field(0, ge=0)
    output_tokens: int = Field(0, ge=0)
    input_tokens_details: _Cached | None = None

    def usage(self) -> Usage:
        cached = (self.input_tokens_details or _Cached()).cached_tokens or 0
        return Usage(
            input_tokens=self.input_tokens,
            cached_tokens=max(0, min(cached, self.input_tokens)),
            output_tokens=self.output_tokens,
        )


class _Part(Wire):
    type: str = ""
    text: str | None = None


class _Item(Wire):
    type: str
    content: list[_Part] | None = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""


class _Code(Wire):
    code: str | None = None


class _Reason(Wire):
    reason: str | None = None


class _Response(Wire):
    status: str | None = "completed"
    model: str = ""
    output: list[_Item]
    usage: _Counted | None = None
    error: _Code | None = None
    incomplete_details: _Reason | None = None


class _Event(Wire):
    type: str
    delta: str | None = None
    code: str | None = None
    response: dict[str, object] | None = None
