"""Live updates: every event is pushed to the connections that listen to its tenant and topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from shared.events.backends.base import EventBackend
from shared.events.backends.channels import channel
from shared.events.envelope import Event


class WebSocketManager(Protocol):
    """The port to open connections."""

    def broadcast(self, topic: str, message: dict[str, Any]) -> None:
        """Pushes a message to whoever listens to `topic`, which begins with the tenant."""


def frame(event: Event) -> dict[str, Any]:
    """What a connection is pushed."""
    return {"type": "event", "event": event.to_dict()}


class WebSocketEventBackend(EventBackend):
    """Pushes to `tenant:topic`, so that tenants never meet; `-` stands for no tenant."""

    def __init__(self, websocket_manager: WebSocketManager) -> None:
        self._connections = websocket_manager

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        message = frame(event)
        for topic in topics or ("default",):
            self._connections.broadcast(channel(event, topic), message)
