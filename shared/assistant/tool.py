"""What a tool of the assistant has beside that of any agent: a level, a right, a safe way to write.

A new tool is one class in a file of `shared/assistant/tools/`:

```python
class CountLeads(ReadTool[Nothing]):
    name = "count_leads"
    description = "Counts the leads."
    Arguments = Nothing

    async def read(self, arguments, desk):
        return Told(success=True, message="…", data=…)
```
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from pydantic import BaseModel

from shared.agents.tool import BaseTool, ToolArguments, ToolContext
from shared.assistant.desk import DESK, MOST_WRITES, Desk, sentence_of
from shared.assistant.pending import PendingAction, WaitingLead
from shared.assistant.told import Told
from shared.assistant.untrusted import plain
from shared.identity.rights import Right
from shared.platform.clock import iso

A = TypeVar("A", bound=BaseModel)


class Nothing(ToolArguments):
    """No arguments."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a tool would do: to which leads as they are now, and how the user is asked."""

    leads: tuple[WaitingLead, ...]
    asked: str
    arguments: Mapping[str, Any]
    """Those that are carried out, whole."""


class AssistantTool(BaseTool[A]):
    """A tool that is offered by what the user wants."""

    Result = Told
    needs = frozenset({DESK})
    level: ClassVar[int] = 0
    """From which kind of wish on it is offered; see `shared.assistant.intents`."""
    offered: ClassVar[bool] = True
    """Whether wishes open it; what a waiting action opens is not offered by them."""
    right: ClassVar[Right] = Right.LEADS_VIEW
    free_text: ClassVar[frozenset[str]] = frozenset()
    """Fields of its data that people outside write at length."""
    failed: ClassVar[str] = ""
    """How a failure of it is told, before the reason."""

    async def execute(self, arguments: A, context: ToolContext) -> Told:
        """Works at the desk, with the caller's rights."""
        desk: Desk = context.ports[DESK]
        try:
            desk.require(self.right)
            return await self.work(arguments, desk, context.idempotency_key)
        except Exception as error:
            return self.refusal(sentence_of(error))

    def refusal(self, why: str) -> Told:
        """A failure in the tool's own words."""
        return Told(success=False, message=f"{self.failed}: {why}" if self.failed else why)

    @abstractmethod
    async def work(self, arguments: A, desk: Desk, key: str) -> Told:
        """Does it."""
        raise NotImplementedError


class ReadTool(AssistantTool[A]):
    """A tool that changes nothing."""

    async def work(self, arguments: A, desk: Desk, key: str) -> Told:
        """Reads."""
        return await self.read(arguments, desk)

    @abstractmethod
    async def read(self, arguments: A, desk: Desk) -> Told:
        """What is found."""
        raise NotImplementedError


class WriteTool(AssistantTool[A]):
    """A tool that changes something: planned, then done at once or only after the user agreed."""

    effects = True
    always_asks: ClassVar[bool] = False

    async def work(self, arguments: A, desk: Desk, key: str) -> Told:
        """Does it, or stores it and has the user asked."""
        planned = await self.plan(arguments, desk)
        desk.require_chosen(planned.leads)
        if self.always_asks or desk.untrusted or desk.writes >= MOST_WRITES:
            given = (self.name, planned.arguments, planned.leads, planned.asked, key)
            return waits(await desk.ask(*given))
        return await self.perform(planned.arguments, planned.leads, desk, key)

    @abstractmethod
    async def plan(self, arguments: A, desk: Desk) -> Planned:
        """Checks everything, changes nothing."""
        raise NotImplementedError

    @abstractmethod
    async def perform(
        self, arguments: Mapping[str, Any], leads: Sequence[WaitingLead], desk: Desk, key: str
    ) -> Told:
        """Does what was planned, to the leads as they were; once per key."""
        raise NotImplementedError


def waits(action: PendingAction) -> Told:
    """The answer of a tool whose action waits."""
    data = {
        "action_id": action.action_id,
        "action": action.tool,
        "expires_at": iso(action.expires_at),
        "leads": [{"id": lead.id, "name": lead.name} for lead in action.leads[:20]],
    }
    return Told(success=True, requires_confirmation=True, data=data, message=action.question)


def write_tool(tool: type[Any]) -> WriteTool[Any]:
    """The tool of a stored action."""
    return cast("WriteTool[Any]", tool())


def card(lead: Any, **more: Any) -> dict[str, Any]:
    """A lead as results show it: short fields, made plain."""
    fields = lead if isinstance(lead, Mapping) else lead.model_dump()
    value = fields.get("value")
    made = {
        "id": fields.get("id"),
        "name": plain(str(fields["name"])),
        "company": plain(fields.get("company") or "", 80) or None,
        "email": plain(fields.get("email") or "", 120) or None,
        "phone": plain(fields.get("phone") or "", 40) or None,
        "value": None if value is None else float(value),
        "status": fields.get("status"),
        "source": plain(fields.get("source") or "", 40) or None,
    }
    return {**made, **more}
