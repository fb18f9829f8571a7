"""Carries out an action that the user agreed to."""

from __future__ import annotations

import asyncio

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk, sentence_of
from shared.assistant.pending import ActionGoneError, PendingAction, State
from shared.assistant.refused import RefusedError
from shared.assistant.told import Told
from shared.assistant.tool import AssistantTool, WriteTool, write_tool
from shared.crm.errors import LeadNotFoundError
from shared.platform.tables import TablesBusyError

NONE = "No pending action found; ask for it again"


class ActionNamed(ToolArguments):
    """Which action."""

    action_id: str = Field(min_length=1, max_length=100)


class ConfirmAction(AssistantTool[ActionNamed]):
    """Executes what was stored, and nothing that the model says now."""

    name = "confirm_action"
    description = (
        "Carries out the action that waits; only after the user's last message agreed to it."
    )
    Arguments = ActionNamed
    effects = True
    offered = False
    timeout = 120.0

    async def work(self, arguments: ActionNamed, desk: Desk, key: str) -> Told:
        """Checks whose it is, when it was made and that the user agrees; then does it."""
        action = await asyncio.to_thread(self._agreed, arguments.action_id, desk)
        tool = write_tool(desk.registry.get(action.tool))
        desk.require(tool.right)
        if action.is_open:
            await self._require_unchanged(action, desk)
            action = await self._turn(action, desk, "taken")
        told = await self._performed(action, tool, desk)
        state: State = "done" if told.success else "refused"
        await asyncio.to_thread(
            desk.pendings.turn,
            desk.turn.principal,
            desk.turn.session_id,
            action,
            state,
            told.message,
        )
        return told

    def _agreed(self, action_id: str, desk: Desk) -> PendingAction:
        action = desk.pendings.read(desk.turn.principal, desk.turn.session_id)
        if action is None or action.action_id != action_id:
            raise RefusedError(NONE, "no_pending_action")
        if action.task_id == desk.turn.task_id:
            raise RefusedError("the user has to agree in a message of their own first", "same_turn")
        if not (action.is_open or action.state == "taken"):
            raise RefusedError(f"this action is {action.state}", "not_waiting")
        if not desk.agrees(action):
            raise RefusedError(
                f"the user did not agree: {action.asked} Ask for a yes", "no_consent"
            )
        return action

    async def _require_unchanged(self, action: PendingAction, desk: Desk) -> None:
        for waiting in action.leads:
            try:
                lead = await asyncio.to_thread(desk.leads.get, desk.tenant, waiting.id)
                changed = lead.version != waiting.version
            except LeadNotFoundError:
                changed = True
            if changed:
                told = f"'{waiting.name}' was changed since you were asked; nothing was done"
                await self._turn(action, desk, "refused", told)
                raise RefusedError(f"{told}. Look at it and ask again", "changed")

    async def _turn(
        self, action: PendingAction, desk: Desk, to: State, told: str = ""
    ) -> PendingAction:
        try:
            return await asyncio.to_thread(
                desk.pendings.turn, desk.turn.principal, desk.turn.session_id, action, to, told
            )
        except ActionGoneError:
            raise RefusedError(NONE, "no_pending_action") from None

    async def _performed(
        self, action: PendingAction, tool: WriteTool[ToolArguments], desk: Desk
    ) -> Told:
        """Each effect has a key of the action's, so that doing it again changes nothing."""
        try:
            return await tool.perform(action.arguments, action.leads, desk, action.action_id)
        except TablesBusyError:
            raise  # it can be tried again
        except Exception as error:
            return tool.refusal(sentence_of(error))
