"""What every HTTP function is told by its environment."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from shared.platform.settings import FunctionSettings


def _listed(value: Any) -> Any:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


Listed = Annotated[list[str], NoDecode, BeforeValidator(_listed)]


class HttpSettings(FunctionSettings):
    """Settings of a function behind the HTTP API."""

    allowed_origins: Listed = Field(
        [
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://localhost:5173",
            "http://127.0.0.1:5173",
        ],
        description="Origins whose pages may call with credentials, separated by commas.",
    )
    allowed_hosts: Listed = Field(
        ["localhost", "127.0.0.1", "[::1]"],
        description="Host names this API answers to, separated by commas; *.name allows a domain.",
    )
    max_body_bytes: int = Field(1_000_000, gt=0, description="Largest accepted body, in bytes.")
    inbox_table: str = Field(description="Table of what expires: inbox, keys, sessions, counters.")
    audit_table: str = Field(description="Table of the audit.")
    tenant_units: int = Field(
        6_000,
        gt=0,
        description="Units a minute of a tenant: reading costs 1, writing 5.",
    )
    address_units: int = Field(
        300, gt=0, description="Units a minute of an address that has not signed in."
    )
