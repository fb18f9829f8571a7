"""What the API shows of connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from shared.connections.connection import Connection


class ConnectionsView(BaseModel):
    """All connections, the oldest first."""

    connections: Sequence[Connection]


class KindsView(BaseModel):
    """The form of each kind: its JSON Schema, where what is secret is `writeOnly`."""

    kinds: Mapping[str, Mapping[str, Any]]


class AuthorizationView(BaseModel):
    """Where the person goes who grants access; it is good for ten minutes and once."""

    authorization_url: str
