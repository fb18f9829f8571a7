"""What the CRM function is told by its environment."""

from __future__ import annotations

from functools import lru_cache
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


class CrmSettings(FunctionSettings):
    """Settings of the CRM function."""

    crm_table: str = Field(description="Table of leads, their timelines and the outbox.")
    inbox_table: str = Field(description="Table of inbox and idempotency keys.")
    executions_table: str = Field(description="Table of pipeline runs.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    pipelines: dict[str, tuple[str, ...]] = Field(
        {}, description="JSON: each pipeline's name and the event types that start it."
    )
    cursor_secret_arn: str = Field(description="Secret that signs the cursors of lists.")
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


@lru_cache(maxsize=1)
def settings() -> CrmSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return CrmSettings()  # the environment gives the rest
