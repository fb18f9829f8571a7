"""One retry policy for both engines: a value, never behaviour of a node."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

ANY_ERROR: Final = "*"
TIMEOUT: Final = "Timeout"
"""The error type of a node that took longer than its policy allows."""

Random = Callable[[float, float], float]


class RetryPolicy(BaseModel):
    """How often, for what and after which pause a failed node is tried again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    errors: tuple[str, ...] = (ANY_ERROR,)
    """Error types that are tried again; `*` is every one."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 1
    """All tries, the first among them."""
    interval: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """Seconds before the second try."""
    rate: Annotated[float, Field(ge=1, le=10)] = 2.0
    """What each further pause is multiplied by."""
    maximum: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    """The longest pause in seconds."""
    jitter: Literal["full", "none"] = "full"
    """`full` draws each pause between zero and its bound."""
    timeout: Annotated[float, Field(gt=0, le=31_536_000)] | None = None
    """Seconds that one try may take; nothing is the flow's own default."""

    def again(self, error_type: str, attempt: int) -> bool:
        """Whether try number `attempt` (from 1), which failed like this, is followed by another."""
        listed = ANY_ERROR in self.errors or error_type in self.errors
        return listed and attempt < self.attempts

    def pause(self, attempt: int, draw: Random = random.uniform) -> float:
        """Seconds to wait after try number `attempt` (from 1)."""
        bound = min(self.maximum, self.interval * self.rate ** (attempt - 1))
        return draw(0, bound) if self.jitter == "full" else bound


NO_RETRY: Final = RetryPolicy()
