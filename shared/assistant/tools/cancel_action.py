"""Takes an action back that waits."""

from __future__ import annotations

import asyncio

from shared.assistant.desk import Desk
from shared.assistant.pending import ActionGoneError
from shared.assistant.refused import RefusedError
from shared.assistant.told import Told
from shared.assistant.tool import AssistantTool
from shared.assistant.tools.confirm_action import NONE, ActionNamed


class CancelAction(AssistantTool[ActionNamed]):
    """Nothing is done then."""

    name = "cancel_action"
    description = "Takes the action back that waits."
    Arguments = ActionNamed
    offered = False

    async def work(self, arguments: ActionNamed, desk: Desk, key: str) -> Told:
        """Takes it back; once is as good as twice."""
        return await asyncio.to_thread(self._cancel, arguments.action_id, desk)

    def _cancel(self, action_id: str, desk: Desk) -> Told:
        principal, session = desk.turn.principal, desk.turn.session_id
        action = desk.pendings.read(principal, session)
        if action is None or action.action_id != action_id:
            raise RefusedError(NONE, "no_pending_action")
        if action.is_open:
            try:
                desk.pendings.turn(principal, session, action, "cancelled", "")
            except ActionGoneError:
                raise RefusedError(NONE, "no_pending_action") from None
        elif action.state != "cancelled":
            raise RefusedError(f"this action is {action.state}", "not_waiting")
        return Told(success=True, message="Cancelled; nothing was changed")
