"""What tools need of the world outside that no node needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

WEB_SEARCH: Final = "web_search"
PYTHON: Final = "python"


@dataclass(frozen=True, slots=True)
class Hit:
    """One page that a search found."""

    title: str
    url: str
    text: str


class WebSearch(Protocol):
    """A provider of searches in the web."""

    async def search(self, query: str, most: int) -> Sequence[Hit]:
        """The best pages, at most so many.

        Raises:
            ToolFailedError: there is no provider, or it does not answer.
        """


@dataclass(frozen=True, slots=True)
class PythonRun:
    """What a program did."""

    result: Any = None
    """What it left in `result`."""
    stdout: str = ""
    error: str | None = None
    """The kind and sentence of what it raised, or why it was ended."""


class Python(Protocol):
    """Runs programs where they can reach nothing."""

    async def run(self, code: str, given: Any, seconds: float) -> PythonRun:
        """What a program did with its input.

        Raises:
            ToolFailedError: it could not be run at all.
        """
