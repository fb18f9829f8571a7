"""The end of a turn, for an action that waits: the code says what is asked, and hears a no."""

from __future__ import annotations

from shared.assistant.consent import consent
from shared.assistant.desk import Desk
from shared.assistant.pending import ActionGoneError, PendingAction, State


def question_of_turn(desk: Desk) -> str | None:
    """The question that the user must have read before a yes of theirs counts; None without one."""
    turn = desk.turn
    action = desk.pendings.read(turn.principal, turn.session_id)
    if action is None:
        return None
    if action.task_id == turn.task_id:
        if action.state == "unasked":
            _turned(desk, action, "waiting")
        return action.question
    if not action.is_open:
        return None
    if desk.agrees(action):
        return None
    if consent(turn.message, action.names) == "yes":  # to what was asked in between, or too early
        return action.question if _turned(desk, action, "waiting") else None
    _turned(desk, action, "cancelled" if desk.declines() else "passed")
    return None


def _turned(desk: Desk, action: PendingAction, state: State) -> bool:
    try:
        desk.pendings.turn(desk.turn.principal, desk.turn.session_id, action, state, "")
    except ActionGoneError:
        return False
    return True
