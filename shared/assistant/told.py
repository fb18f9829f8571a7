"""What a tool answers: seed 002's shape, with what the code must know and nobody is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


class Told(BaseModel):
    """The result of a tool call."""

    success: bool
    message: str
    data: Any = None
    total: int | None = None
    cursor: str | None = None
    ambiguous: bool | None = None
    requires_confirmation: bool | None = None
    ambiguous_ids: list[str] | None = None
    """Leads that the user must choose among, for the code alone."""
    found_ids: list[str] | None = None
    """The lead that fits best, for the code alone."""
    asked_for: str | None = None
    """The text that was searched for, for the code alone."""


def shown(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as the user and the model see it."""
    hidden = {"ambiguous_ids", "found_ids", "asked_for"}
    return {
        name: value for name, value in result.items() if value is not None and name not in hidden
    }
