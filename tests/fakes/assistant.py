"""An assistant in memory: a board, a model that follows a script, and turns of a user."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Mapping
from typing import Any

from shared.assistant.assistant import Assistant, Bounds
from shared.assistant.pending import PendingAction, TablePendings
from shared.assistant.turn import Turn, TurnResult
from shared.crm.lead import Lead, LeadUpdate, NewLead
from shared.crm.leads import Caller, Leads
from shared.identity.principal import Principal
from tests.fakes.models import ScriptedModel, called, said
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

JO = Principal("acme", "jo", "admin")


class MemoryJournal:
    """The port `Journal`; `lose` makes the next write of that key fail, as a kill would."""

    def __init__(self) -> None:
        self.notes: dict[str, Mapping[str, Any]] = {}
        self.dies_at: str | None = None

    async def read(self, key: str) -> Mapping[str, Any] | None:
        return self.notes.get(key)

    async def write(self, key: str, values: Mapping[str, Any]) -> None:
        if self.dies_at is not None and self.dies_at in key:
            self.dies_at = None
            raise KilledError(key)
        self.notes[key] = json.loads(json.dumps(values))


class KilledError(BaseException):
    """The process is no more."""


class OneModel:
    """The port `TurnModels` with one model for all."""

    def __init__(self, model: Any, most: int = 6) -> None:
        self.model, self.most = model, most

    def of(self, turn: Turn) -> Any:
        if isinstance(self.model, Exception):
            raise self.model
        return self.model

    def steps(self, turn: Turn) -> int:
        return self.most


def wants(intent: str) -> Any:
    """The model's answer to the question for the intent."""
    return said(json.dumps({"intent": intent}))


class World:
    """A tenant's board and its assistant."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.tables, self.clock = MemoryTables(), MovedClock()
        self.leads = Leads(self.tables, "crm", "inbox", self.clock)
        self.pendings = TablePendings(self.tables, "chat", self.clock)
        self.bounds = bounds
        self.tasks = itertools.count(1)
        self.model = ScriptedModel()
        self.journal = MemoryJournal()
        self.versions: dict[str, int] = {}
        """Of all leads, as the test itself made them."""

    def add(self, name: str, by: Principal = JO, **fields: Any) -> Lead:
        lead = self.leads.create(Caller(by, "r"), NewLead(name=name, **fields))
        self.versions[lead.id] = lead.version
        return lead

    def change(self, lead_id: str, by: Principal = JO, **fields: Any) -> None:
        lead = self.leads.update(Caller(by, "r"), lead_id, LeadUpdate(**fields))
        self.versions[lead_id] = lead.version

    def is_untouched(self) -> bool:
        """Whether every lead is as the test itself made it, and there is no other."""
        held = [item for item in self.tables.all("crm") if item.get("sk") == "state"]
        return self.versions == {item["id"]: item["version"] for item in held}

    def turn(self, message: str, **how: Any) -> Turn:
        made: dict[str, Any] = {
            "principal": JO, "session_id": "s1", "task_id": f"t{next(self.tasks)}",
            "message": message, "journal": self.journal, **how,
        }  # fmt: skip
        return Turn(**made)

    def say(self, message: str, intent: str, *script: Any, **how: Any) -> TurnResult:
        """One turn: the model's intent, then its steps; at last it says `Done.`"""
        return self.run(self.turn(message, **how), wants(intent), *script, said("Done."))

    def run(self, turn: Turn, *script: Any, endless: bool = False) -> TurnResult:
        self.model = ScriptedModel(*script, endless=endless)
        return asyncio.run(self.assistant(OneModel(self.model)).answer(turn))

    def assistant(self, models: Any) -> Assistant:
        return Assistant(models, self.leads, self.pendings, self.bounds, clock=self.clock)

    def names(self, status: str = "Interest", tenant: str = "acme") -> list[str]:
        return [lead.name for lead in self.leads.board.column(tenant, status).cards]

    def cards(self, status: str, tenant: str = "acme") -> list[Lead]:
        return list(self.leads.board.column(tenant, status).cards)

    def waiting(self, session: str = "s1", who: Principal = JO) -> PendingAction | None:
        return self.pendings.read(who, session)

    def offered(self) -> set[str]:
        """The tools that the model was offered in the last turn."""
        return {tool.name for request in self.model.asked for tool in request.tools}


__all__ = ["JO", "KilledError", "MemoryJournal", "OneModel", "World", "called", "said", "wants"]
