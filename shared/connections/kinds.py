"""The kinds of connections: what is said about each, and which of it is secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "cookie"})


def _one_line(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not text.isprintable() or text != text.strip():
        raise ValueError("has a line break, or a space around it, or is empty; copy it again")
    return secret


Secret = Annotated[SecretStr, Field(max_length=8_192), AfterValidator(_one_line)]
Line = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
Url = Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^https?://[^\s@#]+$")]
ParameterName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.~\[\]-]{1,100}$")]


class ConnectionKind(BaseModel):
    """What all kinds have."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secret_fields: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[bool] = True
    """Whether it is nothing without its secret."""

    def shown(self) -> dict[str, Any]:
        """Everything but the secrets."""
        return self.model_dump(mode="json", exclude=set(self.secret_fields))

    def secrets(self) -> dict[str, str]:
        """The secrets that were given."""
        given = {name: getattr(self, name) for name in self.secret_fields}
        return {name: one.get_secret_value() for name, one in given.items() if one is not None}


class ApiKey(ConnectionKind):
    """A key in a header, or in the query of the address."""

    secret_fields = ("value",)

    kind: Literal["api_key"] = "api_key"
    place: Literal["header", "query"] = Field("header", description="Where the service looks")
    key_name: ParameterName = Field("X-Api-Key", description="Name of the header or parameter")
    prefix: str = Field(
        "", max_length=30, pattern=r"^[\x20-\x7e]*$", description="Written before the key"
    )
    value: Secret | None = Field(None, description="The key")

    @model_validator(mode="after")
    def _sendable(self) -> Self:
        name = self.key_name.lower()
        if self.place == "header" and (name in _OURS or not name.replace("-", "").isalnum()):
            raise ValueError(f"key_name: {self.key_name} is no header a key can stand in")
        return self


class Basic(ConnectionKind):
    """A user and a password."""

    secret_fields = ("password",)

    kind: Literal["basic"] = "basic"
    username: Annotated[Line, Field(pattern=r"^[^:\x00-\x1f\x7f]+$")]
    password: Secret | None = None


class Bearer(ConnectionKind):
    """A token that whoever bears may use."""

    secret_fields = ("token",)

    kind: Literal["bearer"] = "bearer"
    token: Secret | None = None


class OAuth2(ConnectionKind):
    """Access that a person grants (with PKCE), or that the client has by itself."""

    secret_fields = ("client_secret",)
    required = False

    kind: Literal["oauth2"] = "oauth2"
    grant: Literal["authorization_code", "client_credentials"] = "authorization_code"
    authorize_url: Url | None = Field(None, description="Where people are asked")
    token_url: Url = Field(description="Where tokens are given")
    client_id: Line
    client_secret: Secret | None = Field(None, description="Public clients have none")
    client_auth: Literal["basic", "body"] = Field(
        "basic", description="How the client says who it is"
    )
    scopes: Annotated[tuple[Annotated[str, Field(pattern=r"^[!#-\[\]-~]{1,200}$")], ...],
                      Field(max_length=50)] = ()  # fmt: skip
    parameters: Annotated[Mapping[ParameterName, Line], Field(max_length=10)] = Field(
        {}, description="More that the service wants to be asked with, e.g. access_type, audience"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.grant == "authorization_code" and not self.authorize_url:
            raise ValueError("authorize_url: say where people are asked")
        if taken := sorted(_RESERVED & self.parameters.keys()):
            raise ValueError(f"parameters: {', '.join(taken)} are said by Millrace; leave them out")
        return self


_RESERVED: Final = frozenset(
    {"client_id", "client_secret", "code", "code_challenge", "code_challenge_method"}
    | {"code_verifier", "grant_type", "redirect_uri", "refresh_token", "response_type"}
    | {"scope", "state"}
)

Settings = Annotated[ApiKey | Basic | Bearer | OAuth2, Field(discriminator="kind")]
Kind = Literal["api_key", "basic", "bearer", "oauth2"]
KINDS: Final[Mapping[Kind, type[ConnectionKind]]] = {
    "api_key": ApiKey,
    "basic": Basic,
    "bearer": Bearer,
    "oauth2": OAuth2,
}
