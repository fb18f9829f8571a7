"""Answers to nodes that wait for somebody."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.graph.durable import give_answer
from shared.graph.durable.header import pin_of
from shared.graph.record import Entry, Status
from shared.identity.principal import ForbiddenError, Principal
from shared.workflows.executions.errors import (
    AnswerError,
    AnswerTooEarlyError,
    ExecutionOverError,
    NodeNotFoundError,
)
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.ports import Ports
from shared.workflows.executions.reading import Reading
from shared.workflows.executions.starting import Starting

_VOTE: Final = "vote"
_ANSWERED: Final = frozenset({"approval", "callback"})
_LOOKS: Final = 20
"""Times that a machine is looked at which is about to wait."""
_PAUSE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Given:
    """An answer."""

    execution_id: str
    node: str
    value: Any
    route: str = ""
    path: str = ""
    """Of the items around the node: `loop[0]/`."""


class Answering:
    """Takes answers."""

    def __init__(
        self,
        ports: Ports,
        starting: Starting,
        reading: Reading,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Takes how time passes, so that tests need none."""
        self._at, self._starting, self._reading = ports, starting, reading
        self._sleep = sleep

    def answer(self, who: Principal, given: Given) -> Execution:
        """Gives an answer, with which the run goes on.

        Raises:
            ExecutionNotFoundError: this tenant has no such execution.
            ExecutionOverError: it has ended.
            NodeNotFoundError: no node of this name waits.
            ForbiddenError: the node names who may answer, and the caller is nobody of them.
            AnswerError: the node does not understand it.
            AnswerTooEarlyError: the machine has not come to wait yet.
        """
        tenant = who.tenant
        execution = self._reading.get(tenant, given.execution_id)
        if execution.over:
            said = f"execution {execution.id} has ended: it is {execution.status}"
            raise ExecutionOverError(said)
        entry = self._waiting(tenant, given)
        details: Mapping[str, Any] = (entry.waits_for or {}).get("details") or {}
        self._check_approver(who, details)
        self._check(tenant, execution, given)
        if not self._decided(who, given, entry.key, int(details.get("needed", 1))):
            return execution
        token = give_answer(
            self._at.store, tenant, execution.id, entry.key, given.value, given.route
        )
        self._go_on(tenant, execution, entry.key, token)
        return self._reading.get(tenant, execution.id)

    def _waiting(self, tenant: str, given: Given) -> Entry:
        entry = self._at.store.entry(tenant, given.execution_id, given.path + given.node)
        if entry is None or entry.status is not Status.WAITING:
            raise NodeNotFoundError(f"node {given.path}{given.node} waits for no answer")
        kind = str((entry.waits_for or {}).get("kind"))
        if kind not in _ANSWERED:
            # Whoever answered it would forge what another workflow, or the clock, has to say.
            raise NodeNotFoundError(f"node {entry.key} waits for a {kind}, and for no answer")
        return entry

    def _check_approver(self, who: Principal, details: Mapping[str, Any]) -> None:
        named = details.get("approvers")
        if not named or who.role == "admin":
            return
        known = {who.subject, who.role, *self._at.publishers.names(who.tenant, who.subject)}
        if not known & set(named):
            raise ForbiddenError("the node names who may answer it, and you are not among them")

    def _check(self, tenant: str, execution: Execution, given: Given) -> None:
        routine = self._at.flows(tenant, execution.flow).routines[given.node]
        outputs = routine.outputs
        if given.route and given.route not in outputs:
            listed = ", ".join(outputs)
            raise AnswerError(
                f"route: node {given.node} has no output {given.route}; it has {listed}"
            )
        if given.route:
            return
        try:
            routine.node.answered(pin_of({"value": given.value}))
        except (ValueError, TypeError) as error:
            raise AnswerError(str(error)) from error

    def _decided(self, who: Principal, given: Given, key: str, needed: int) -> bool:
        """Whether as many approve as have to; whoever does not approve decides at once."""
        value = given.value.get("decision") if isinstance(given.value, Mapping) else given.value
        if needed < 2 or "approved" not in (value, given.route):
            return True
        if who.member is None:
            raise ForbiddenError("several people decide this, and a key is none; sign in to answer")
        store, execution = self._at.store, given.execution_id
        store.put_note(who.tenant, execution, _VOTE, f"{key}#{who.subject}", {"approved": True})
        votes = store.notes(who.tenant, execution, _VOTE)
        return sum(name.startswith(f"{key}#") for name in votes) >= needed

    def _go_on(self, tenant: str, execution: Execution, key: str, token: str | None) -> None:
        store = self._at.store
        if execution.engine == "inline" or not execution.machine:
            self._starting.wake(tenant, execution)
            return
        for _ in range(_LOOKS):
            # A token that nobody waits with any more is one from before: the next comes soon.
            if token is not None and self._at.machines.succeed(token, {}):
                return
            self._sleep(_PAUSE)
            found = store.note(tenant, execution.id, "token", key)
            token = str(found["token"]) if found else None
        if token is None:
            said = "the run is about to wait; send the answer again in a second"
            raise AnswerTooEarlyError(said)
