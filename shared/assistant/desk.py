"""What the tools of one turn work with; nothing of it is the model's to choose."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar

from shared.agents.registry import ToolRegistry
from shared.assistant.consent import consent
from shared.assistant.matching import words_of
from shared.assistant.pending import PendingAction, Pendings, WaitingLead
from shared.assistant.refused import RefusedError
from shared.assistant.turn import Turn
from shared.crm.errors import AlreadyAnsweredError, LeadNotFoundError, PreconditionFailedError
from shared.crm.idempotency import Attempt
from shared.crm.lead import Lead
from shared.crm.leads import Caller, Leads
from shared.events.outbox import VersionConflictError
from shared.identity.principal import ForbiddenError
from shared.identity.rights import Right
from shared.llm.messages import AssistantMessage, UserMessage
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import TablesBusyError

DESK: Final = "desk"
MOST_WRITES: Final = 5
"""Changes of one turn that nobody is asked about."""
_KEPT: Final = timedelta(hours=24)

R = TypeVar("R")


@dataclass(slots=True)
class Desk:
    """One turn's work; what is known of it is told again when a turn is done again."""

    turn: Turn
    leads: Leads
    pendings: Pendings
    registry: ToolRegistry
    clock: Clock = utc_now
    untrusted: bool = False
    """Free text of a record was read in this turn."""
    unclear: set[str] = field(default_factory=set)
    """Leads that the user must choose among."""
    writes: int = 0

    @property
    def tenant(self) -> str:
        """Whose leads they are."""
        return self.turn.tenant

    def require(self, right: Right) -> None:
        """Raises ForbiddenError, as the API does."""
        self.turn.principal.require(right)

    def require_chosen(self, leads: Sequence[WaitingLead]) -> None:
        """Refuses leads of an ambiguous search, unless the user's own words have the id."""
        said = self.turn.message.casefold()
        open_ones = [each for each in leads if each.id in self.unclear]
        if any(each.id.casefold() not in said for each in open_ones):
            raise RefusedError("several leads fit; ask the user which one is meant", "ambiguous")

    def said(self, text: str) -> bool:
        """Whether all words of a text are the user's own, or of what they were just asked."""
        history = self.turn.history
        asked = [m.text for m in history if isinstance(m, AssistantMessage)][-1:]
        own = [m.text for m in history if isinstance(m, UserMessage)]
        words = words_of(text)
        return bool(words) and set(words) <= set(
            words_of(" ".join([*own, *asked, self.turn.message]))
        )

    async def lead(self, lead_id: str) -> Lead:
        """One lead; raises RefusedError."""
        try:
            return await asyncio.to_thread(self.leads.get, self.tenant, lead_id)
        except LeadNotFoundError:
            raise RefusedError("Lead not found", "lead_not_found") from None

    async def once(
        self, key: str, request: Any, step: Callable[[Caller], Lead | None], version: int | None
    ) -> Mapping[str, Any]:
        """The effect of a step, or what it gave when this key came before."""
        said = json.dumps(request, sort_keys=True, default=str)
        attempt = Attempt(f"chat:{self.turn.principal.subject}", key, said, _KEPT)
        caller = Caller(self.turn.principal, self.turn.task_id, version, attempt)
        try:
            lead = await asyncio.to_thread(step, caller)
        except AlreadyAnsweredError as answered:
            return dict(json.loads(answered.body)) if answered.body else {}
        return lead.model_dump(mode="json") if lead else {}

    async def ask(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        leads: Sequence[WaitingLead],
        asked: str,
        key: str,
    ) -> PendingAction:
        """Stores an action that waits for the user; one per turn."""
        return await asyncio.to_thread(self._ask, tool, arguments, leads, asked, key)

    def _ask(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        leads: Sequence[WaitingLead],
        asked: str,
        key: str,
    ) -> PendingAction:
        principal, session = self.turn.principal, self.turn.session_id
        action_id = f"act_{hashlib.sha256(key.encode()).hexdigest()[:24]}"
        held = self.pendings.read(principal, session)
        if held is not None and held.action_id == action_id:
            return held
        if held is not None and held.task_id == self.turn.task_id and held.state == "unasked":
            told = "one action at a time waits for confirmation: confirm or cancel the first one"
            raise RefusedError(told, "one_at_a_time")
        action = PendingAction(
            action_id, tool, arguments, tuple(leads), asked, self.turn.task_id, self.clock()
        )
        self.pendings.ask(principal, session, action)
        return action

    def waiting(self) -> PendingAction | None:
        """The action of an earlier turn that can still be confirmed or taken back."""
        held = self.pendings.read(self.turn.principal, self.turn.session_id)
        if held is None or held.task_id == self.turn.task_id:
            return None
        return held if held.is_open or held.state == "taken" else None

    def agrees(self, action: PendingAction) -> bool:
        """Whether the user's own words agree to an action that they were asked about before."""
        sent = self.turn.sent_at
        if sent is not None and sent < action.created_at:
            return False
        named = action.state == "passed"
        verbs = VERBS_OF.get(action.tool, ())
        return consent(self.turn.message, action.names, verbs, named=named) == "yes"

    def declines(self) -> bool:
        """Whether the user's own words take it back."""
        return consent(self.turn.message) == "no"


VERBS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "delete_lead": ("delete", "remove"),
    "move_leads": ("move",),
    "update_lead_status": ("move", "change", "update"),
    "update_lead_data": ("change", "update"),
    "create_lead": ("create", "add"),
}
"""What a user may call an action when they agree to it."""


def sentence_of(error: Exception) -> str:
    """What of an error a user is told; nothing of what nobody foresaw."""
    if isinstance(error, LeadNotFoundError):
        return "Lead not found"
    if isinstance(error, (PreconditionFailedError, VersionConflictError)):
        return "the lead was changed meanwhile; look at it and ask again"
    if isinstance(error, (RefusedError, ForbiddenError, TablesBusyError)):
        return str(error)
    raise error
