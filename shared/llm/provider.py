"""A tenant's provider: what its admins may say about it, and as it is shown; never with its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from shared.llm.prices import Price
from shared.llm.providers import BASE_URLS, Api, Endpoint, Kind, default_api

_SHORTEST_KEY: Final = 10
_PLACEHOLDERS: Final = ("your", "changeme", "placeholder", "xxx", "<", "...")
"""How a key begins that nobody filled in, with or without the provider's own prefix."""

ModelName = Annotated[str, Field(min_length=1, max_length=200)]


class InvalidProviderError(Exception):
    """A provider cannot be kept so; `field` is the one to change."""

    def __init__(self, field: str, mend: str) -> None:
        super().__init__(f"{field}: {mend}")
        self.field = field


class ProviderFields(BaseModel):
    """What admins say about a provider."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Kind
    base_url: str | None = Field(None, max_length=500, description="Of a custom provider.")
    api: Api | None = Field(None, description="Which of OpenAI's APIs it speaks.")
    models: tuple[ModelName, ...] = Field((), max_length=200)
    default_model: ModelName
    enabled: bool = True
    prices: Mapping[str, Price] = Field(
        default_factory=dict, description="US dollars per million tokens, by model."
    )

    def spelled(self, model: str) -> str | None:
        """A model of its own as the provider writes it, in whichever case it is asked for."""
        known = {name.casefold(): name for name in (*self.models, self.default_model)}
        return known.get(model.casefold())


class Provider(ProviderFields):
    """A provider as it is shown."""

    id: str
    has_key: bool
    version: int
    created_at: str
    updated_at: str

    def endpoint(self, key: SecretStr, *, confined: bool) -> Endpoint:
        """The provider as it is called."""
        return endpoint_of(self, key, confined=confined)


def endpoint_of(fields: ProviderFields, key: SecretStr, *, confined: bool) -> Endpoint:
    """A provider as it is called, kept or only tried out."""
    url = fields.base_url or BASE_URLS.get(fields.kind, "")
    api = fields.api or default_api(fields.kind)
    return Endpoint(fields.name, fields.kind, url, key, api, confined)


def check(fields: ProviderFields, *, private_addresses: bool) -> None:
    """Whether a provider's base URL can be one.

    Raises:
        InvalidProviderError: it is missing, or of the wrong form.
    """
    if fields.kind != "custom":
        if fields.base_url:
            raise InvalidProviderError("base_url", f"leave it out, {fields.kind} has its own")
        return
    if not fields.base_url:
        raise InvalidProviderError("base_url", "a custom provider needs one, e.g. https://…/v1")
    try:
        parts = urlsplit(fields.base_url)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.query or parts.fragment:
        raise InvalidProviderError(
            "base_url", "write one as https://host/path, without user, query or fragment"
        )
    if parts.scheme not in ({"https", "http"} if private_addresses else {"https"}):
        raise InvalidProviderError("base_url", "it must begin with https://")


def check_key(fields: ProviderFields, key: SecretStr | None) -> None:
    """Whether a key can be one; custom providers may have none.

    Raises:
        InvalidProviderError: it is missing, a placeholder, or too short.
    """
    text = key.get_secret_value() if key else ""
    if fields.kind == "custom" and not text:
        return
    bare = text.lower().removeprefix("sk-")
    if len(text) < _SHORTEST_KEY or bare.startswith(_PLACEHOLDERS):
        raise InvalidProviderError("key", "give the key as the provider shows it")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise InvalidProviderError("key", "it has characters that no key has; copy it again")
