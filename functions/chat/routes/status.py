"""How a task stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from functions.chat.wiring import Services
from functions.web.bare import ProblemError, Reply, Request, Route
from shared.assistant.conversations import paths
from shared.assistant.conversations.errors import TaskNotFoundError
from shared.assistant.conversations.streamed import text_so_far
from shared.assistant.conversations.task import result_of
from shared.identity.rights import Right

_SAID: Final = {
    "PENDING": "Task is waiting to be processed...",
    "PROCESSING": "Processing your message...",
    "FAILURE": "Task failed",
}


def routes(at: Services) -> Mapping[str, Route]:
    """The route `GET /chat/status/{task_id}/`."""

    def status(request: Request) -> Reply:
        try:
            task = at.tasks.find(request.who, request.parameters["task_id"])
        except TaskNotFoundError:
            raise ProblemError(
                404, "Not found", "There is no such task", error="Task not found"
            ) from None
        told: dict[str, Any] = {"state": task.state}
        if task.state == "SUCCESS":
            return Reply({**told, "result": result_of(task)})
        if task.state == "FAILURE":
            told["error"] = task.error
        told["status"] = _SAID[task.state]
        if task.state == "PROCESSING":
            told["text"] = text_so_far(at.places, task)
        return Reply(told)

    return {f"GET {paths.STATUS}": Route(Right.CHAT_USE, status, "Failed to get task status")}
