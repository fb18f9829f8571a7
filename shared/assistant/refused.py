"""What a tool refuses, as a sentence for the user."""

from __future__ import annotations

from shared.agents.tool import ToolFailedError


class RefusedError(ToolFailedError):
    """The tool did nothing; the sentence says why and what helps."""

    def __init__(self, message: str, error_type: str = "refused") -> None:
        super().__init__(error_type, message)
