"""A connection: what people say about it, and as it is shown; never with its secret."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.connections.errors import CredentialRefusedError, InvalidConnectionError
from shared.connections.hosts import Host, check_destination
from shared.connections.kinds import Kind, OAuth2, Settings, Url

Status = Literal["ready", "unauthorized", "refused"]


class ConnectionFields(BaseModel):
    """What people say about a connection; a secret that is left out stays what it was."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    hosts: Annotated[tuple[Host, ...], Field(min_length=1, max_length=20)] = Field(
        description="Where the credential may be sent, e.g. api.example.com or *.example.com"
    )
    test_url: Url | None = Field(None, description="What a test asks for, on one of the hosts")
    settings: Settings

    def check(self, *, plain: bool) -> None:
        """Whether it can be kept so.

        Raises:
            InvalidConnectionError: an address is not encrypted, or not on one of the hosts.
        """
        if self.test_url is not None:
            try:
                check_destination(self.test_url, self.hosts, plain=plain)
            except CredentialRefusedError as error:
                raise InvalidConnectionError("test_url", str(error)) from None
        if isinstance(self.settings, OAuth2) and not plain:
            for field in ("authorize_url", "token_url"):
                if (getattr(self.settings, field) or "https:").startswith("http:"):
                    raise InvalidConnectionError(f"settings.{field}", "begin it with https://")


class Tested(BaseModel):
    """What came of a test call."""

    model_config = ConfigDict(frozen=True)

    works: bool
    status: int | None = None
    message: str
    at: str


class Connection(BaseModel):
    """A connection as it is shown."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: Kind
    hosts: tuple[str, ...]
    test_url: str | None = None
    settings: dict[str, Any] = Field(description="Of its kind, without what is secret")
    status: Status = Field(
        "ready", description="unauthorized: nobody granted access yet; refused: it was taken back"
    )
    last_test: Tested | None = None
    version: int
    created_by: str
    created_at: str
    updated_at: str
