"""The port to language models: a request, an answer, an answer as it comes into being."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from shared.llm.errors import MalformedAnswerError
from shared.llm.messages import AssistantMessage, Message, ToolCall
from shared.llm.schemas import OutputSchema
from shared.llm.tools import Tool
from shared.llm.usage import Usage
from shared.platform.ids import new_id

M = TypeVar("M", bound=BaseModel)
End = Literal["stop", "tool_calls", "length"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked."""

    messages: Sequence[Message]
    tools: Sequence[Tool] = ()
    tool_choice: str = "auto"
    """`auto`, `none`, `required`, or the name of the tool that must be called."""
    output: type[BaseModel] | OutputSchema | None = None
    """The answer's text is to be JSON of this model, or of this schema."""
    max_output_tokens: int = 2_048
    temperature: float | None = None
    parallel_tool_calls: bool = False
    """Several calls in one answer; strict schemas are not kept with them everywhere."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered; `end` is `length` when it was cut off."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    end: End
    model: str
    """As the provider names it."""
    provider: str
    attempts: int = 1
    unsure: int = 0
    """Tries before this one that failed and may be charged for."""
    cost: int | None = None
    """Millionths of a US dollar; None if nobody knows the model's price."""

    def message(self) -> AssistantMessage:
        """The answer as a part of the conversation that goes on."""
        return AssistantMessage(text=self.text, tool_calls=self.tool_calls)

    def structured(self, model: type[M]) -> M:
        """The answer's text as the model that was asked for.

        Raises:
            MalformedAnswerError: it is prose, cut off, or of another shape.
        """
        try:
            return model.model_validate_json(self.text)
        except ValidationError:
            cut = self.end == "length"
        mend = "answered in a shape that was not asked for; try again, or with another model"
        short = "was cut off before its answer was whole; raise max_output_tokens"
        raise MalformedAnswerError(self.provider, short if cut else mend, self.usage)


def calls_of(parts: Iterable[tuple[str, str, str]]) -> tuple[ToolCall, ...]:
    """Tool calls of ids, names and arguments; an id that is missing or was used gets a new one.

    Results are matched by the id and effects happen once per id, so no two calls may share one.
    """
    made: dict[str, ToolCall] = {}
    for given, name, arguments in parts:
        known = given if given and given not in made else f"call_{new_id()}"
        made[known] = ToolCall(id=known, name=name, arguments=arguments)
    return tuple(made.values())


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole; always the last of a stream."""

    answer: Answer


Event = TextDelta | Finished


class LanguageModel(Protocol):
    """A model of a provider.

    Both raise LLMProviderError of one kind or another, and BudgetExceededError before a call.
    """

    @property
    def name(self) -> str:
        """The model's name."""

    def answer(self, request: Request) -> Answer:
        """The whole answer."""

    def stream(self, request: Request) -> Iterator[Event]:
        """The answer piece by piece; nothing is asked again once a piece was given."""
