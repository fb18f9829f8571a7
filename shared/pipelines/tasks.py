"""`process_event_task.delay(event_type, data)` of seed 000: the event goes onto the platform, and
the pipelines that it starts run there.

    task = process_event_task.delay("process_lead", {"name": "Ann"})
    task.status()["status"]  # PENDING, RETRY, SUCCESS or FAILURE

Outside the platform it goes through the API that MILLRACE_URL names, with the rights of the key in
MILLRACE_TOKEN; `use` takes another way.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

_LAPTOP: Final = "http://localhost:8000"
_TIMEOUT_SECONDS: Final = 35.0


class NotQueuedError(Exception):
    """The platform did not take an event, or knows no task; the message has its own words."""


class Platform(Protocol):
    """Where events are put, and where their tasks are asked for."""

    def queue(self, event_type: str, data: Mapping[str, Any]) -> str:
        """Puts an event onto the platform; the id of its task."""

    def status(self, task_id: str) -> Mapping[str, Any]:
        """How far a task is."""


@dataclass(frozen=True, slots=True)
class QueuedTask:
    """An event that was put onto the platform."""

    id: str
    platform: Platform

    def status(self) -> Mapping[str, Any]:
        """How far it is: `status`, and the result of each pipeline that has ended."""
        return self.platform.status(self.id)

    def __str__(self) -> str:
        return self.id


class ProcessEventTask:
    """The task of seed 000."""

    def __init__(self, platform: Platform | None = None) -> None:
        self._platform = platform

    def use(self, platform: Platform | None) -> None:
        """Sends events another way from now on; None goes back to the API."""
        self._platform = platform

    def delay(self, event_type: str, data: Mapping[str, Any] | None = None) -> QueuedTask:
        """Puts the event onto the platform and returns at once.

        Raises:
            NotQueuedError: the platform does not answer, or does not take it.
        """
        platform = self._platform or HttpPlatform(
            os.environ.get("MILLRACE_URL", _LAPTOP), os.environ.get("MILLRACE_TOKEN")
        )
        return QueuedTask(platform.queue(event_type, data or {}), platform)


class HttpPlatform:
    """The platform behind its HTTP API."""

    def __init__(self, url: str, token: str | None = None, transport: Any = None) -> None:
        import httpx

        scheme = "Api-Key" if token and token.startswith("mr_") else "Bearer"
        headers = {"Authorization": f"{scheme} {token}"} if token else {}
        self._url = url
        self._client = httpx.Client(
            base_url=url, headers=headers, timeout=_TIMEOUT_SECONDS, transport=transport
        )

    def queue(self, event_type: str, data: Mapping[str, Any]) -> str:
        """See `Platform.queue`."""
        body = {"event_type": event_type, "data": dict(data)}
        return str(self._ask("POST", "/events/queue/", body)["task_id"])

    def status(self, task_id: str) -> Mapping[str, Any]:
        """See `Platform.status`."""
        return self._ask("GET", f"/events/tasks/{task_id}/")

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        import httpx

        try:
            answer = self._client.request(method, path, json=body)
            found = answer.json()
        except (httpx.TransportError, ValueError) as error:
            raise NotQueuedError(
                f"{self._url} does not answer as Millrace ({type(error).__name__}); start the "
                "laptop's with `millrace dev`, or name another with MILLRACE_URL"
            ) from None
        if not isinstance(found, dict) or not answer.is_success:
            said = found.get("detail", found) if isinstance(found, dict) else found
            raise NotQueuedError(f"{said} (HTTP {answer.status_code})")
        return found


process_event_task: Final = ProcessEventTask()
"""The task of this process."""
