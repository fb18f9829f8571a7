"""Clears a session: the assistant is shown nothing that was said before."""

from __future__ import annotations

from collections.abc import Mapping

from functions.chat.wiring import Services, session_of
from functions.web.bare import Reply, Request, Route
from shared.assistant.conversations import paths
from shared.identity.rights import Right

_CLEARED = {"status": "success", "message": "Conversation context cleared"}


def routes(at: Services) -> Mapping[str, Route]:
    """The route `POST /chat/clear/`; a session that nobody knows is clear already."""

    def clear(request: Request) -> Reply:
        session = session_of(request)
        if at.conversations.clear(request.who, session):
            at.pendings.drop(request.who, session)
        return Reply(_CLEARED)

    return {f"POST {paths.CLEAR}": Route(Right.CHAT_USE, clear, "Failed to clear conversation")}
