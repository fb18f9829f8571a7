"""Requests and answers in the format of Chat Completions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import Field

from shared.llm.errors import (
    BrokenOffError,
    ContentRefusedError,
    LLMProviderError,
    MalformedAnswerError,
)
from shared.llm.messages import AssistantMessage, Message, ToolCall, ToolMessage, UserMessage
from shared.llm.port import Answer, End, Event, Finished, Request, TextDelta, calls_of
from shared.llm.providers import Endpoint
from shared.llm.reading import Wire, read
from shared.llm.schemas import told_schema
from shared.llm.tools import Tool
from shared.llm.usage import Usage

_MODES: Final = {"auto", "none", "required"}


def arguments(endpoint: Endpoint, model: str, request: Request) -> dict[str, Any]:
    """What the client's `create` is given."""
    limit = "max_completion_tokens" if endpoint.kind == "openai" else "max_tokens"
    given: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        limit: request.max_output_tokens,
    }
    if request.temperature is not None:
        given["temperature"] = request.temperature
    if request.tools:
        given["tools"] = [_tool(tool) for tool in request.tools]
        given["tool_choice"] = _choice(request.tool_choice)
        if endpoint.kind != "gemini":  # whose API has no such field
            given["parallel_tool_calls"] = request.parallel_tool_calls
    if request.output is not None:
        schema = told_schema(request.output)
        given["response_format"] = {"type": "json_schema", "json_schema": schema}
    return given


def answer_of(sent: Any, endpoint: Endpoint) -> Answer:
    """A whole answer."""
    whole = read(_Completion, sent, endpoint.name)
    choice = whole.choices[0]
    calls = calls_of(
        (call.id or "", call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or ()
    )
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise ContentRefusedError(endpoint.name)
    text = choice.message.content or ""
    return _answer(whole.model, text, calls, choice.finish_reason, whole.usage, endpoint)


def events(sent: Iterable[Any], endpoint: Endpoint) -> Iterator[Event]:
    """An answer that comes in chunks."""
    gathered = _Gathered(endpoint)
    for chunk in sent:
        if piece := gathered.take(read(_Chunk, chunk, endpoint.name)):
            yield TextDelta(piece)
    yield Finished(gathered.answer())


def unfinished(endpoint: Endpoint, started: bool) -> LLMProviderError:
    """The error for a stream without an end; without a beginning it was no stream."""
    return BrokenOffError(endpoint.name) if started else MalformedAnswerError(endpoint.name)


def _message(message: Message) -> dict[str, Any]:
    if isinstance(message, ToolMessage):
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if isinstance(message, AssistantMessage) and message.tool_calls:
        calls = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
        return {"role": "assistant", "content": message.text or None, "tool_calls": calls}
    if isinstance(message, UserMessage) and message.images:
        shown = [{"type": "image_url", "image_url": {"url": url}} for url in message.images]
        return {"role": "user", "content": [{"type": "text", "text": message.text}, *shown]}
    return {"role": message.role, "content": message.text}


def _tool(tool: Tool) -> dict[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function | ({"strict": True} if tool.strict else {})}


def _choice(choice: str) -> Any:
    return choice if choice in _MODES else {"type": "function", "function": {"name": choice}}


def _answer(
    model: str,
    text: str,
    calls: tuple[ToolCall, ...],
    reason: str | None,
    counted: _Counted | None,
    endpoint: Endpoint,
) -> Answer:
    end: End = "length" if reason == "length" else "tool_calls" if calls else "stop"
    usage = counted.usage() if counted else Usage()
    if not text and not calls and end != "length":
        raise MalformedAnswerError(endpoint.name, "gave an empty answer; try again", usage)
    return Answer(text, calls, usage, end, model, endpoint.name)


class _Gathered:
    """The chunks of one answer, put together."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._text: list[str] = []
        self._calls: dict[int, dict[str, str]] = {}
        self._reason: str | None = None
        self._counted: _Counted | None = None
        self._model = ""
        self._started = False

    def take(self, chunk: _Chunk) -> str:
        """Adds a chunk and gives the text in it."""
        self._started = True
        self._model = chunk.model or self._model
        self._counted = chunk.usage or self._counted
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._reason = choice.finish_reason or self._reason
        for part in choice.delta.tool_calls or ():
            call = self._calls.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
            call["id"] = part.id or call["id"]
            call["name"] += part.function.name or ""
            call["arguments"] += part.function.arguments or ""
        if choice.delta.refusal or self._reason == "content_filter":
            raise ContentRefusedError(self._endpoint.name)
        self._text.append(choice.delta.content or "")
        return choice.delta.content or ""

    def answer(self) -> Answer:
        """The whole; a stream that never said why it ended was broken off."""
        if self._reason is None:
            raise unfinished(self._endpoint, self._started)
        calls = calls_of(
            (call["id"], call["name"], call["arguments"]) for _, call in sorted(self._calls.items())
        )
        text = "".join(self._text)
        return _answer(self._model, text, calls, self._reason, self._counted, self._endpoint)


class _Cached(Wire):
    cached_tokens: int | None = 0


class _Counted(Wire):
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    prompt_tokens_details: _Cached | None = None

    def usage(self) -> Usage:
        cached = (self.prompt_tokens_details or _Cached()).cached_tokens or 0
        return Usage(
            input_tokens=self.prompt_tokens,
            cached_tokens=max(0, min(cached, self.prompt_tokens)),
            output_tokens=self.completion_tokens,
        )


class _Function(Wire):
    name: str
    arguments: str


class _Call(Wire):
    id: str | None = None
    function: _Function


class _Message(Wire):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(Wire):
    message: _Message
    finish_reason: str | None = None


class _Completion(Wire):
    model: str = ""
    choices: list[_Choice] = Field(min_length=1)
    usage: _Counted | None = None


class _FunctionDelta(Wire):
    name: str | None = None
    arguments: str | None = None


class _CallDelta(Wire):
    index: int = 0
    id: str | None = None
    function: _FunctionDelta = _FunctionDelta()


class _Delta(Wire):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_CallDelta] | None = None


class _ChunkChoice(Wire):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Chunk(Wire):
    model: str | None = None
    choices: list[_ChunkChoice] = []
    usage: _Counted | None = None
