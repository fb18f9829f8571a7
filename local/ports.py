"""Ports on the loopback address: free ones, and a clear word about those that are taken."""

from __future__ import annotations

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class PortError(Exception):
    """A port cannot be used; the message says which, and the flag that chooses another."""


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def preferred(port: int) -> int:
    """A port if it can be used, else a free one: for what says itself where it is."""
    try:
        require_free(port, "")
    except PortError:
        return free_port()
    return port


def require_free(port: int, flag: str) -> None:
    """Checks that a port can be used; servers in threads would fail where nobody looks.

    Raises:
        PortError: somebody uses it, or this user may not.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "there is no such port"
            raise PortError(
                f"port {port} cannot be used ({reason}); stop what uses it, or choose another with "
                f'make run ARGS="{flag} {8000 + (port + 1000) % 8000}"'
            ) from None
