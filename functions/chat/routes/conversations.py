"""The caller's conversations: list, begin, read, rename, remove."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from functions.chat.wiring import Services, cookie_of
from functions.web.bare import SESSION_HEADER, ProblemError, Reply, Request, Route, wrong
from shared.assistant.conversations import paths
from shared.assistant.conversations.conversation import Conversation
from shared.assistant.conversations.errors import ConversationNotFoundError, UnreadableError
from shared.identity.rights import Right

_FAILED: Final = "Failed to read conversations"
_MOST: Final = 100
_TITLE: Final = 200
_ID: Final = re.compile(r"[0-9a-f-]{36}")
_SHOWN: Final = ("id", "title", "created_at", "last_at")


def routes(at: Services) -> Mapping[str, Route]:
    """The routes below `/conversations/`."""
    own = at.conversations

    def listed(request: Request) -> Reply:
        found, cursor = own.list(request.who, *_page(request, 20))
        return Reply({"conversations": found, "cursor": cursor})

    def start(request: Request) -> Reply:
        made = own.start(request.who)
        return Reply(_shown(made), 201, {SESSION_HEADER: made.id}, (cookie_of(made.id),))

    def read(request: Request) -> Reply:
        return Reply(_shown(own.get(request.who, _id(request))))

    def messages(request: Request) -> Reply:
        said, cursor = own.messages(request.who, _id(request), *_page(request, 50))
        return Reply({"messages": said, "cursor": cursor})

    def rename(request: Request) -> Reply:
        return Reply(_shown(own.retitle(request.who, _id(request), _title(request.json()))))

    def delete(request: Request) -> Reply:
        own.delete(request.who, _id(request))
        at.pendings.drop(request.who, _id(request))
        return Reply(None, 204)

    return {
        f"GET {paths.CONVERSATIONS}": _route(listed),
        f"POST {paths.CONVERSATIONS}": _route(start),
        f"GET {paths.CONVERSATION}": _route(read),
        f"PUT {paths.CONVERSATION}": _route(rename),
        f"DELETE {paths.CONVERSATION}": _route(delete),
        f"GET {paths.MESSAGES}": _route(messages),
    }


def _route(answer: Callable[[Request], Reply]) -> Route:
    def found(request: Request) -> Reply:
        try:
            return answer(request)
        except ConversationNotFoundError:
            detail = "There is no such conversation"
            raise ProblemError(404, "Not found", detail, error="Conversation not found") from None
        except UnreadableError:
            detail = "This conversation cannot be read; it is kept as it is"
            raise ProblemError(409, "Unreadable", detail) from None

    return Route(Right.CHAT_USE, found, _FAILED)


def _id(request: Request) -> str:
    return request.parameters["conversation_id"]


def _page(request: Request, usual: int) -> tuple[int, str | None]:
    limit, cursor = request.query.get("limit", str(usual)), request.query.get("cursor")
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= _MOST:
        raise wrong("limit", "not a number from 1 to 100", "send 1 to 100")
    if cursor is not None and not _ID.fullmatch(cursor):
        raise wrong("cursor", "not one of ours", "send the cursor of the page before")
    return int(limit), cursor


def _title(body: Mapping[str, Any]) -> str:
    title = body.get("title")
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= _TITLE:
        raise wrong("title", f"not 1 to {_TITLE} characters", "send title, a text")
    return " ".join(title.split())


def _shown(found: Conversation) -> dict[str, Any]:
    every = asdict(found)
    return {name: every[name] for name in _SHOWN}
