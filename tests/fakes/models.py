"""Language models that follow a script, and the world of agents in memory."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from shared.llm.budget import Budget
from shared.llm.messages import ToolCall, ToolMessage, UserMessage
from shared.llm.metered import MeteredModel
from shared.llm.port import Answer, Finished, TextDelta
from shared.llm.prices import Prices
from shared.llm.usage import Usage

USAGE = Usage(input_tokens=100, output_tokens=10)


def said(text: str, end: str = "stop") -> Answer:
    return Answer(text, (), USAGE, end, "fake", "fakes")


def called(*calls: tuple[str, Any]) -> Answer:
    made = tuple(
        ToolCall(id=f"c{n}", name=name, arguments=a if isinstance(a, str) else json.dumps(a))
        for n, (name, a) in enumerate(calls)
    )
    return Answer("", made, USAGE, "tool_calls", "fake", "fakes")


class ScriptedModel:
    """The port `LanguageModel`: each answer once.

    Without a script it calls a tool for each line that names one, and says what it heard.
    """

    name = "fake"

    def __init__(self, *script: Any, endless: bool = False) -> None:
        self.script, self.endless = deque(script), endless
        self.asked: list[Any] = []

    def answer(self, request: Any) -> Answer:
        self.asked.append(request)
        if not self.script:
            return self._unscripted(request)
        step = self.script[0] if self.endless else self.script.popleft()
        if isinstance(step, Exception):
            raise step
        return step

    def stream(self, request: Any) -> Any:
        whole = self.answer(request)
        for word in whole.text.split(" "):
            yield TextDelta(word)
        yield Finished(whole)

    def _unscripted(self, request: Any) -> Answer:
        if request.output is not None:
            from local.offline_model.replying import minimal
            from shared.llm.schemas import told_schema

            return said(json.dumps(minimal(told_schema(request.output)["schema"])))
        heard = [m.text for m in request.messages if isinstance(m, UserMessage)][-1]
        answers = [m.text for m in request.messages if isinstance(m, ToolMessage)]
        lines = heard.splitlines()
        if request.tools and len(answers) < len(lines):
            from local.offline_model.conversation import OfferedTool
            from local.offline_model.grammars import by_name

            offered = [OfferedTool(tool.name, tool.parameters) for tool in request.tools]
            if call := by_name(lines[len(answers)], offered):
                return called((call.name, call.arguments))
        told = f"The tools said: {' '.join(answers)}" if answers else f"You said: {heard}"
        return said(told)


class FakeModels:
    """The port `Models`: one model for all names."""

    def __init__(self, model: Any = None, steps: int = 10) -> None:
        self.model, self.limit = model or ScriptedModel(), steps
        self.wanted: list[tuple[str, str]] = []

    def of(self, model: str, run: str, inner: Any = ()) -> MeteredModel:
        self.wanted.append((model, run))
        return MeteredModel(self.model, Budget(inner), Prices.published())

    def steps(self) -> int:
        return self.limit


class MemoryMemory:
    """The port `Memory`."""

    def __init__(self) -> None:
        self.turns: dict[tuple[str, str], list[Any]] = {}
        self.keys: set[str] = set()

    async def recall(self, workflow: str, key: str) -> Any:
        return list(self.turns.get((workflow, key), ()))

    async def remember(self, workflow: str, key: str, turns: Any, idempotency_key: str) -> None:
        if idempotency_key not in self.keys:
            self.keys.add(idempotency_key)
            held = self.turns.setdefault((workflow, key), [])
            held += [dict(turn) for turn in turns]
            del held[:-10]
