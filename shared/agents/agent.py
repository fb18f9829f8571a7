"""The loop of an agent: ask, call the tools that the answer names, ask again, until it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared.agents.calling import ToolOutcome, call_tool
from shared.agents.notes import Notes, digest_of_call
from shared.agents.registry import ToolRegistry
from shared.agents.spent import Spent
from shared.agents.tool import ToolContext
from shared.llm.messages import Message, ToolCall, ToolMessage, UserMessage
from shared.llm.port import Answer, Finished, LanguageModel, Request
from shared.llm.schemas import OutputSchema

MOST_CALLS: Final = 16
"""Tool calls that one answer may name."""
_ARGUMENTS: Final = 2_000

Check = Callable[[str], str | None]
"""What is wrong with an answer's text, if anything."""


class AgentFailedError(Exception):
    """An agent that came to no answer; `error_type` says why."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


@dataclass(frozen=True, slots=True)
class Conduct:
    """How an agent asks, and how far it goes."""

    max_steps: int = 10
    max_output_tokens: int = 2_048
    temperature: float | None = None
    output: OutputSchema | None = None
    check: Check | None = None
    """Looks at the last answer; one that is wrong is asked for once more."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an agent works with; nothing of it is the model's to choose."""

    tools: ToolRegistry = field(default_factory=ToolRegistry)
    ports: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str = ""
    egress: tuple[str, ...] = ()
    piece: Callable[[str], None] | None = None
    """Told of each piece of text as it comes, in another thread."""
    spend: Callable[[Spent], None] = lambda spent: None
    """Told what was taken so far, after each answer."""
    tell: Callable[[ToolCall, ToolOutcome], str] = lambda call, outcome: outcome.text()
    """Words an outcome for the model, also one that was noted before."""


@dataclass(frozen=True, slots=True)
class Called:
    """A tool call of an agent, as its result shows it."""

    call: ToolCall
    outcome: ToolOutcome

    def as_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "tool": self.outcome.tool,
            "arguments": self.call.arguments[:_ARGUMENTS],
            "ok": self.outcome.ok,
            "error": self.outcome.error,
        }


@dataclass(frozen=True, slots=True)
class Done:
    """How an agent ended."""

    answer: Answer
    steps: int
    called: tuple[Called, ...]


class Agent:
    """One agent of one run."""

    def __init__(
        self, model: LanguageModel, notes: Notes, conduct: Conduct, around: Surroundings
    ) -> None:
        self._model, self._notes, self._conduct, self._around = model, notes, conduct, around
        self._called: list[Called] = []

    async def run(self, messages: Sequence[Message]) -> Done:
        """The agent's answer.

        Raises:
            AgentFailedError: it came to none.
            LLMProviderError, BudgetExceededError: its model cannot be asked.
        """
        said, repaired = list(messages), False
        for number in range(self._conduct.max_steps):
            answer = await self._ask(number, said)
            said.append(answer.message())
            if answer.tool_calls:
                said += [await self._call(number, *each) for each in enumerate(answer.tool_calls)]
                continue
            wrong = self._wrong(answer)
            if wrong is None:
                return Done(answer, number + 1, tuple(self._called))
            if repaired:
                await self._notes.reject(number)
                raise AgentFailedError("AnswerInvalid", f"twice the answer was not valid: {wrong}")
            repaired = True
            said.append(UserMessage(text=f"That is not valid: {wrong}. Answer again, only so."))
        raise AgentFailedError(
            "StepLimit",
            f"no answer after {self._conduct.max_steps} steps; raise max_steps, or ask for less",
        )

    async def _ask(self, number: int, said: Sequence[Message]) -> Answer:
        conduct = self._conduct
        request = Request(
            tuple(said),
            self._around.tools.told(),
            output=conduct.output,
            max_output_tokens=conduct.max_output_tokens,
            temperature=conduct.temperature,
        )
        answer = self._notes.answer(number, request, self._model.name)
        if answer is None:
            answer = await asyncio.to_thread(self._answer, request)
            await self._notes.keep(number, request, self._model.name, answer)
        self._around.spend(self._notes.spent)
        return answer

    def _answer(self, request: Request) -> Answer:
        if self._around.piece is None:
            return self._model.answer(request)
        for event in self._model.stream(request):
            if isinstance(event, Finished):
                return event.answer
            self._around.piece(event.text)
        raise AssertionError  # pragma: no cover - a stream ends with its answer or raises

    async def _call(self, number: int, place: int, call: ToolCall) -> ToolMessage:
        outcome = await self._notes.outcome(number, place, call)
        if outcome is None:
            outcome = await self._outcome(number, place, call)
            await self._notes.keep_outcome(number, place, call, outcome)
        self._notes.tool_calls += 1
        self._called.append(Called(call, outcome))
        self._around.spend(self._notes.spent)
        return ToolMessage(call_id=call.id, text=self._around.tell(call, outcome))

    async def _outcome(self, number: int, place: int, call: ToolCall) -> ToolOutcome:
        if place >= MOST_CALLS:
            told = f"at most {MOST_CALLS} calls at a time; ask again"
            return ToolOutcome(call.name[:64], False, None, "too_many_calls", told)
        around = self._around
        key = f"{around.idempotency_key}/{number}.{place}/{digest_of_call(call)[:12]}"
        return await call_tool(around.tools, call, ToolContext(around.ports, key, around.egress))

    def _wrong(self, answer: Answer) -> str | None:
        if self._conduct.check is None:
            return None
        wrong = self._conduct.check(answer.text)
        if wrong is not None and answer.end == "length":
            return "it was cut off before it was whole"
        return wrong
