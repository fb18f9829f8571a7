"""Takes a message: a task and its event in one transaction, then its place in the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping

from functions.chat.wiring import Services, cookie_of, session_of
from functions.web.bare import SESSION_HEADER, ProblemError, Reply, Request, Route, wrong
from shared.assistant.conversations import paths
from shared.assistant.conversations.errors import (
    KeyReusedError,
    MessageError,
    OvertakenError,
    TooManyWaitingError,
)
from shared.assistant.conversations.task import Task
from shared.identity.rights import Right
from shared.platform.log import logger

_TAKEN = "Message received, processing..."
_REQUIRED = "Message is required"
_KEY = 255

log = logger("chat")


def routes(at: Services) -> Mapping[str, Route]:
    """The route `POST /chat/`."""

    def submit(request: Request) -> Reply:
        body = request.json()
        if "workflow_id" in body and request.path.rstrip("/") == paths.BUILDERS:
            detail = "Workflows are not built by chat here; leave workflow_id out to ask the CRM"
            raise ProblemError(404, "Not found", detail)
        message = body.get("message")
        if message is None:
            raise wrong("message", _REQUIRED, "add message, a text", _REQUIRED)
        if not isinstance(message, str):
            raise wrong("message", "not a text", "send a string")
        task = _accepted(at, request, message)
        if not task.over:
            _queued(at, task)  # a second message of one task finds it answered
        told = {"task_id": task.id, "status": "processing", "message": _TAKEN}
        session = task.conversation
        return Reply(told, 200, {SESSION_HEADER: session}, (cookie_of(session),))

    return {f"POST {paths.CHAT}": Route(Right.CHAT_USE, submit, "Failed to process message")}


def _accepted(at: Services, request: Request, message: str) -> Task:
    try:
        return at.tasks.accept(request.who, session_of(request), message, _key_of(request))
    except MessageError as error:
        text = str(error)
        most = at.places.limits.characters
        raise wrong("message", text, f"send 1 to {most} characters of text", text) from None
    except KeyReusedError as error:
        entry = {"field": "Idempotency-Key", "problem": str(error), "fix": "send a new key"}
        raise ProblemError(422, "Idempotency key reused", str(error), errors=[entry]) from None
    except TooManyWaitingError as error:
        wait = {"Retry-After": str(error.seconds)}
        raise ProblemError(429, "Too many messages", str(error), headers=wait) from None


def _key_of(request: Request) -> str:
    """The key under which a message is taken once."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= _KEY:
        raise wrong("Idempotency-Key", f"not 1 to {_KEY} characters", "send a UUID")
    return key or ""


def _queued(at: Services, task: Task) -> None:
    """What cannot be queued has failed, so that nobody waits for it."""
    body = json.dumps({"tenant": task.tenant, "task_id": task.id})
    try:
        at.queues.send_in_order(at.queue_url, body, task.conversation, task.id)
    except Exception:
        try:
            at.tasks.fail(task, "unsent", "The message could not be queued; send it again.")
        except OvertakenError:
            log.warning("ended before it was queued", task_id=task.id)
        raise
