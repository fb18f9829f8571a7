"""What is asked of a server, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class HttpCall:
    """What is asked of a server."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout: float = 30
    """Seconds for everything, redirects included."""
    max_bytes: int = 2_000_000
    """Of the answer's body, unpacked."""
    redirects: int = 5
    hosts: tuple[str, ...] = ()
    """Servers that this call may reach, redirects included; nothing is what the port allows."""
    cut: bool = False
    """Whether a longer body is cut off instead of refused: for who wants to know the status."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    """Of the last request, behind all redirects."""
    duration_ms: int


class HttpTransportError(Exception):
    """The server could not be reached, or did not answer as it should; `error_type` says which."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class HttpTooLargeError(Exception):
    """The answer is larger than wanted; the message says the limit."""

    error_type: Final = "HttpTooLarge"


class Http(Protocol):
    """The port to servers; where it may go is decided by whoever gives it."""

    async def send(self, call: HttpCall) -> HttpAnswer:
        """The answer, whatever its status.

        Raises:
            HttpTransportError: there was none.
            HttpTooLargeError: it is larger than wanted.
            EgressRefusedError: this server must not be asked.
        """
