"""What goes wrong with connections. No message ever holds a part of a credential."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final


class ConnectionNotFoundError(Exception):
    """The tenant has no such connection."""

    error_type: Final = "ConnectionNotFound"


class ConnectionChangedError(Exception):
    """Somebody changed the connection meanwhile; nothing was changed."""


class TooManyConnectionsError(Exception):
    """The tenant has as many connections as it may have."""


class InvalidConnectionError(Exception):
    """A connection cannot be kept so; `field` is the one to change."""

    def __init__(self, field: str, mend: str) -> None:
        super().__init__(f"{field}: {mend}")
        self.field = field
        self.mend = mend


class ConnectionInUseError(Exception):
    """Workflows name the connection; `workflows` are their names."""

    def __init__(self, workflows: Sequence[str]) -> None:
        told = ", ".join(workflows[:10]) + (", …" if len(workflows) > 10 else "")
        super().__init__(f"workflows use it: {told}; choose another there, or delete with force")
        self.workflows = list(workflows)


class CredentialRefusedError(Exception):
    """The credential is not meant for the server that was named."""

    error_type: Final = "CredentialRefused"


class NotAuthorizedError(Exception):
    """Nobody has authorized the connection yet, or the service took the authorization back."""

    error_type: Final = "ConnectionNotAuthorized"
