"""Actions that wait for a user's word: stored whole, executed as stored, once.

A session has one at most; a newer one takes its place. It is a row of the table `chat`:

    pk = {tenant}#session#{session_id}    sk = pending#{subject}

so that nobody else, and no other session, finds it. `expires_at` is the table's time to live and is
checked on every read too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

from shared.identity.principal import Principal
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import (
    Absent,
    Condition,
    Delete,
    FieldIs,
    Item,
    Put,
    Tables,
    TransactionRefusedError,
)

KEPT: Final = timedelta(minutes=10)

State = Literal["unasked", "waiting", "passed", "taken", "done", "refused", "cancelled"]


@dataclass(frozen=True, slots=True)
class WaitingLead:
    """A lead of an action, as it was when the user was asked."""

    id: str
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class PendingAction:
    """What was asked about; nothing of it can be changed but its state."""

    action_id: str
    tool: str
    arguments: Mapping[str, Any]
    leads: tuple[WaitingLead, ...]
    asked: str
    """What the user is asked, as a sentence."""
    task_id: str
    """The turn that asked."""
    created_at: datetime
    state: State = "unasked"
    told: str = ""
    """What came of it."""

    @property
    def is_open(self) -> bool:
        """Whether it was asked about and not answered; `passed` is one that was passed over."""
        return self.state in {"waiting", "passed"}

    @property
    def expires_at(self) -> datetime:
        """From when on nobody can confirm it."""
        return self.created_at + KEPT

    @property
    def question(self) -> str:
        """What the user reads before their yes counts."""
        return f"{self.asked} Answer yes to confirm, or no."

    @property
    def names(self) -> list[str]:
        """Of its leads."""
        return [lead.name for lead in self.leads]


class ActionGoneError(Exception):
    """The action is in another state than it was read in."""


class Pendings(Protocol):
    """Where actions wait, of each user and session."""

    def read(self, principal: Principal, session_id: str) -> PendingAction | None:
        """The session's last action in whichever state, if its time is not over."""

    def ask(self, principal: Principal, session_id: str, action: PendingAction) -> None:
        """Stores an action instead of the session's last one."""

    def turn(
        self,
        principal: Principal,
        session_id: str,
        action: PendingAction,
        to: State,
        told: str = "",
    ) -> PendingAction:
        """Changes the state of an action that is still as it was read.

        Raises:
            ActionGoneError: somebody was faster.
        """

    def drop(self, principal: Principal, session_id: str) -> None:
        """Forgets the session's action, e.g. because the conversation is cleared."""


class TablePendings:
    """The port on a table."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._clock = tables, table, clock

    def read(self, principal: Principal, session_id: str) -> PendingAction | None:
        """See `Pendings.read`."""
        item = self._tables.get(self._table, _key(principal, session_id))
        action = _action(item) if item else None
        return action if action and self._clock() < action.expires_at else None

    def ask(self, principal: Principal, session_id: str, action: PendingAction) -> None:
        """See `Pendings.ask`."""
        held = self._tables.get(self._table, _key(principal, session_id))
        when = Absent() if held is None else FieldIs("action_id", held["action_id"])
        self._put(principal, session_id, action, when)

    def turn(
        self,
        principal: Principal,
        session_id: str,
        action: PendingAction,
        to: State,
        told: str = "",
    ) -> PendingAction:
        """See `Pendings.turn`."""
        turned = replace(action, state=to, told=told)
        when = FieldIs("mark", _mark(action))
        try:
            self._put(principal, session_id, turned, when)
        except TransactionRefusedError:
            raise ActionGoneError(action.action_id) from None
        return turned

    def drop(self, principal: Principal, session_id: str) -> None:
        """See `Pendings.drop`."""
        self._tables.transact([Delete(self._table, _key(principal, session_id))])

    def _put(
        self, principal: Principal, session_id: str, action: PendingAction, when: Condition
    ) -> None:
        item = {**_key(principal, session_id), **_item(action)}
        self._tables.transact([Put(self._table, item, when, label="pending")])


def _key(principal: Principal, session_id: str) -> dict[str, str]:
    return {"pk": f"{principal.tenant}#session#{session_id}", "sk": f"pending#{principal.subject}"}


def _mark(action: PendingAction) -> str:
    return f"{action.action_id}#{action.state}"


def _item(action: PendingAction) -> Item:
    return {
        "mark": _mark(action),
        "action_id": action.action_id,
        "tool": action.tool,
        "arguments": json.dumps(dict(action.arguments)),
        "leads": [asdict(lead) for lead in action.leads],
        "asked": action.asked,
        "task_id": action.task_id,
        "created_at": action.created_at.isoformat(),
        "state": action.state,
        "told": action.told,
        "expires_at": int(action.expires_at.timestamp()),
    }  # fmt: skip


def _action(item: Item) -> PendingAction:
    return PendingAction(
        item["action_id"],
        item["tool"],
        json.loads(item["arguments"]),
        tuple(
            WaitingLead(each["id"], each["name"], int(each["version"])) for each in item["leads"]
        ),
        item["asked"],
        item["task_id"],
        datetime.fromisoformat(item["created_at"]),
        item["state"],
        item["told"],
    )
