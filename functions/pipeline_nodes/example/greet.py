"""Says that the event came through."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from shared.pipelines.node import Context, node


class Greeted(BaseModel):
    """What this node adds."""

    status: Literal["success"] = "success"
    message: str


@node
def greet(data: dict[str, Any], context: Context) -> Greeted:
    """Adds a status and a message."""
    return Greeted(message=f"{context.pipeline} processed {context.event_type}")


handler = greet.handler
