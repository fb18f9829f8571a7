"""The end of a new user's set-up."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from shared.pipelines.node import Context, node


class Completed(BaseModel):
    """What this node adds."""

    processed_at: str
    status: Literal["new_user_setup_complete"] = "new_user_setup_complete"


@node
def complete(data: dict[str, Any], context: Context) -> Completed:
    """Adds when it was processed: the moment of the event, so that a second run says the same."""
    return Completed(processed_at=context.time)


handler = complete.handler
