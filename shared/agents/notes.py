"""What an agent noted: each answer and each tool's outcome, under what it was an answer to.

A step is done again only if something else is asked than what was answered: after a crash, a retry
or a resumption nothing is billed twice, and a changed prompt is asked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from shared.agents.calling import ToolOutcome
from shared.agents.spent import Spent
from shared.graph.journal import Journal
from shared.llm.messages import ToolCall
from shared.llm.port import Answer, Request
from shared.llm.schemas import told_schema
from shared.llm.usage import Usage


class Notes:
    """The notes of one agent of one run."""

    def __init__(self, journal: Journal, key: str, steps: dict[int, Mapping[str, Any]]) -> None:
        self._journal, self._key, self._steps = journal, key, steps
        self.tool_calls = 0

    @classmethod
    async def read(cls, journal: Journal, key: str) -> Notes:
        """All steps that were noted before."""
        steps: dict[int, Mapping[str, Any]] = {}
        while (note := await journal.read(f"{key}/step/{len(steps)}")) is not None:
            steps[len(steps)] = note
        return cls(journal, key, steps)

    @property
    def spent(self) -> Spent:
        """What all steps took, also those that were done again."""
        found = sum((Spent.from_json(note["spent"]) for note in self._steps.values()), Spent())
        return found + Spent(tool_calls=self.tool_calls)

    def answer(self, number: int, request: Request, model: str) -> Answer | None:
        """What was answered to this request in this step."""
        note = self._steps.get(number)
        if note is None or note["answer"] is None or note["asked"] != digest_of(request, model):
            return None
        return _answer(note["answer"])

    async def keep(self, number: int, request: Request, model: str, answer: Answer) -> None:
        """Notes an answer before anything is done with it."""
        said = {
            "text": answer.text,
            "tool_calls": [call.model_dump() for call in answer.tool_calls],
            "usage": answer.usage.model_dump(),
            "end": answer.end,
            "model": answer.model,
            "provider": answer.provider,
            "cost": answer.cost,
        }
        spent = self._of(number) + Spent.of(answer)
        await self._write(number, digest_of(request, model), said, spent)

    async def reject(self, number: int) -> None:
        """Forgets an answer that nobody can use, so that another try asks again."""
        await self._write(number, "", None, self._of(number))

    async def outcome(self, number: int, place: int, call: ToolCall) -> ToolOutcome | None:
        """What came of this call in this step."""
        note = await self._journal.read(f"{self._key}/step/{number}/tool/{place}")
        if note is None or note["called"] != digest_of_call(call):
            return None
        return ToolOutcome.from_json(note["outcome"])

    async def keep_outcome(
        self, number: int, place: int, call: ToolCall, outcome: ToolOutcome
    ) -> None:
        """Notes what came of a call."""
        note = {"called": digest_of_call(call), "arguments": call.arguments[:4_000]}
        key = f"{self._key}/step/{number}/tool/{place}"
        await self._journal.write(key, {**note, "outcome": outcome.as_json()})

    async def known(self, name: str) -> Mapping[str, Any] | None:
        """What `once` found, if it was asked before."""
        return await self._journal.read(f"{self._key}/{name}")

    async def once(self, name: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was found the first time, e.g. the conversation that was remembered then."""
        key = f"{self._key}/{name}"
        known = await self._journal.read(key)
        if known is None:
            await self._journal.write(key, found)
        return found if known is None else known

    def _of(self, number: int) -> Spent:
        note = self._steps.get(number)
        return Spent.from_json(note["spent"]) if note else Spent()

    async def _write(
        self, number: int, asked: str, answer: Mapping[str, Any] | None, spent: Spent
    ) -> None:
        note = {"asked": asked, "answer": answer, "spent": spent.as_json()}
        self._steps[number] = note
        await self._journal.write(f"{self._key}/step/{number}", note)


def digest_of(request: Request, model: str) -> str:
    """What is asked, in short; whoever asks the same of the same model gets the same."""
    output = request.output
    asked = {
        "model": model,
        "messages": [m.model_dump(mode="json") for m in request.messages],
        "tools": [[t.name, t.description, dict(t.parameters)] for t in request.tools],
        "choice": request.tool_choice,
        "output": told_schema(output) if output is not None else None,
        "most": request.max_output_tokens,
        "temperature": request.temperature,
    }
    return _digest(asked)


def digest_of_call(call: ToolCall) -> str:
    """A tool and its arguments, in short."""
    return _digest([call.name, call.arguments])


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else dict(value)


def _answer(raw: Mapping[str, Any]) -> Answer:
    return Answer(
        raw["text"],
        tuple(ToolCall(**call) for call in raw["tool_calls"]),
        Usage(**raw["usage"]),
        raw["end"],
        raw["model"],
        raw["provider"],
        cost=raw["cost"],
    )
