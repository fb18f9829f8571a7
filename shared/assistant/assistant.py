"""One turn: the user's wish, the tools that it opens, the model's steps, the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.agents.agent import Agent, AgentFailedError, Conduct, Surroundings
from shared.agents.notes import Notes
from shared.agents.registry import ToolRegistry
from shared.agents.spent import Spent
from shared.assistant import tools
from shared.assistant.closing import question_of_turn
from shared.assistant.desk import DESK, Desk
from shared.assistant.failures import apology, kind_of
from shared.assistant.hearing import Hearing
from shared.assistant.intents import LEVELS, TurnIntent, intent_request
from shared.assistant.links import Links
from shared.assistant.models import TimedModel, TurnModels
from shared.assistant.pending import PendingAction, Pendings
from shared.assistant.prompt import instruction
from shared.assistant.tool import AssistantTool
from shared.assistant.turn import Intent, Turn, TurnResult
from shared.assistant.untrusted import Fence
from shared.crm.leads import Leads
from shared.llm.errors import LLMError, MalformedAnswerError
from shared.llm.messages import SystemMessage, UserMessage
from shared.llm.port import LanguageModel
from shared.platform.clock import Clock, utc_now

HISTORY: Final = 10
"""Messages of the conversation that the model sees."""
_WORDLESS: Final = "I have no answer to that; say it in other words."


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the assistant goes."""

    link_hosts: tuple[str, ...] = ()
    """Hosts that answers may link to."""
    max_output_tokens: int = 1_024
    temperature: float | None = None


class Assistant:
    """The assistant of all tenants; a turn brings its own.

    ```python
    models = TenantTurnModels(LanguageModels(…), TenantPolicies(…), counters, inbox_table)
    pendings = TablePendings(tables, chat_table)
    assistant = Assistant(models, Leads(tables, crm_table, inbox_table), pendings)
    result = await assistant.answer(turn)
    pendings.drop(principal, session_id)  # when a conversation is cleared
    ```
    """

    def __init__(
        self,
        models: TurnModels,
        leads: Leads,
        pendings: Pendings,
        bounds: Bounds | None = None,
        registry: ToolRegistry | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._models, self._leads, self._pendings = models, leads, pendings
        self._bounds = bounds or Bounds()
        self._registry = registry or ToolRegistry.of(tools)
        self._clock = clock

    async def answer(self, turn: Turn) -> TurnResult:
        """The turn's result; a failure of the model is one too."""
        desk = Desk(turn, self._leads, self._pendings, self._registry, self._clock)
        work = _Work(self._models, self._bounds, desk)
        try:
            result = await work.done()
        except (LLMError, AgentFailedError) as error:
            result = work.failed(error)
        return await work.asked(result)


class _Work:
    """What one turn does."""

    def __init__(self, models: TurnModels, bounds: Bounds, desk: Desk) -> None:
        self._models, self._bounds, self._desk = models, bounds, desk
        self._turn = desk.turn
        self._links = Links(bounds.link_hosts)
        self._hearing = Hearing(desk, Fence(""))
        self._intent: Intent = "unclear"
        self._asked, self._spent = Spent(), Spent()

    async def done(self) -> TurnResult:
        turn = self._turn
        notes = await Notes.read(turn.journal, turn.task_id)
        model = await asyncio.to_thread(self._models.of, turn)
        model = TimedModel(model, turn.seconds)
        setting = await notes.once("setting", await self._setting(model, notes))
        self._intent = setting["intent"]
        self._asked = Spent.from_json(setting["spent"])
        fence = Fence(setting["fence"])
        self._hearing = Hearing(self._desk, fence)
        agent = Agent(model, notes, await self._conduct(), self._around(setting["tools"]))
        said = [SystemMessage(text=setting["instruction"]), *list(turn.history)[-HISTORY:]]
        done = await agent.run([*said, UserMessage(text=turn.message)])
        text = self._links.cleaned(done.answer.text).strip()
        return self._result(text or self._last_message())

    def failed(self, error: LLMError | AgentFailedError) -> TurnResult:
        """The turn as far as it came, and an apology."""
        kind = kind_of(error)
        said = apology(kind, done=self._hearing.changed)
        return self._result(said, kind)

    async def asked(self, result: TurnResult) -> TurnResult:
        """The result with the question of what waits, in the code's words if not in the model's."""
        question = await asyncio.to_thread(question_of_turn, self._desk)
        if question is None or (said := self._links.cleaned(question)) in result.ai_message:
            return result
        self._give(f"\n\n{said}")
        return replace(result, ai_message=f"{result.ai_message}\n\n{said}")

    def _result(self, said: str, error: str | None = None) -> TurnResult:
        results = tuple(self._hearing.results)
        spent = self._asked + self._spent
        status = "success" if error is None else "error"
        return TurnResult(said, results, status, error, self._intent, spent)  # type: ignore[arg-type]

    async def _setting(self, model: LanguageModel, notes: Notes) -> Mapping[str, Any]:
        """What bounds the turn, found out once."""
        known = await notes.known("setting")
        if known is not None:
            return known
        intent, spent = await asyncio.to_thread(_wish, model, self._turn)
        waiting = await asyncio.to_thread(self._desk.waiting)
        agreed = waiting is not None and self._desk.agrees(waiting)
        fence = Fence.drawn()
        return {
            "intent": intent,
            "spent": spent.as_json(),
            "fence": fence.token,
            "tools": offered(self._desk, intent, waiting, agreed=agreed),
            "instruction": instruction(fence, waiting, agreed),
        }

    async def _conduct(self) -> Conduct:
        steps = await asyncio.to_thread(self._models.steps, self._turn)
        bounds = self._bounds
        return Conduct(steps, bounds.max_output_tokens, bounds.temperature)

    def _around(self, names: list[str]) -> Surroundings:
        return Surroundings(
            self._desk.registry.some(names),
            {DESK: self._desk},
            f"{self._turn.session_id}/{self._turn.task_id}",
            piece=self._piece if self._turn.piece else None,
            spend=self._take,
            tell=self._hearing.tell,
        )

    def _piece(self, text: str) -> None:
        self._give(self._links.feed(text))

    def _take(self, spent: Spent) -> None:
        """After each answer: what it took; the end of its text is held back no longer."""
        self._spent = spent
        self._give(self._links.finish())

    def _give(self, text: str) -> None:
        if text and self._turn.piece is not None:
            self._turn.piece(text)

    def _last_message(self) -> str:
        results = self._hearing.results
        return str(results[-1].result.get("message") or _WORDLESS) if results else _WORDLESS


def offered(
    desk: Desk, intent: Intent, waiting: PendingAction | None, *, agreed: bool = False
) -> list[str]:
    """The tools that a wish opens to this user, and those that a waiting action opens."""
    names = [
        name
        for name, tool in desk.registry.items()
        if issubclass(tool, AssistantTool)
        and tool.offered
        and tool.level <= LEVELS[intent]
        and tool.right in desk.turn.principal.rights
    ]
    if waiting is not None:
        names += ["cancel_action"] if waiting.is_open else []
        names += ["confirm_action"] if agreed else []
    return names


def _wish(model: LanguageModel, turn: Turn) -> tuple[Intent, Spent]:
    """What the user wants; an answer that says nothing usable opens nothing but reading."""
    answer = model.answer(intent_request(turn.message, turn.history))
    try:
        return answer.structured(TurnIntent).intent, Spent.of(answer)
    except MalformedAnswerError:
        return "unclear", Spent.of(answer)
