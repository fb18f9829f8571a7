"""What differs between the stages, typed; everything else is the same everywhere.

A stage has an account of its own, so the few physical names (the bus) need no stage in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

StageName = Literal["dev", "prod"]
LogLevel = Literal["DEBUG", "INFO", "WARNING"]

MAX_ATTEMPTS: Final = 5
"""How often a consumer tries an event before it goes to quarantine."""


PLACEHOLDER_DOMAIN: Final = ".example"
"""No mail can ever come from there, which is why it stands where a stage says nothing."""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many of a function run at once: reserved, so that none takes the account from others."""

    requests: int
    """Of the CRM, and of its authorizer."""
    runs: int
    """Events that one pipeline handles at once; its nodes get twice as many."""
    others: int = 5


@dataclass(frozen=True, slots=True)
class StageConfig:
    """One stage's settings."""

    stage: StageName
    log_level: LogLevel
    log_retention_days: Literal[7, 14, 30, 90]
    keep_data: bool
    """Whether tables and users outlive the stack, and refuse to be deleted."""
    concurrency: Concurrency
    allowed_origins: tuple[str, ...] = ()
    mail_from: str = f"no-reply@millrace{PLACEHOLDER_DOMAIN}"
    app_url: str = ""
    """Where the pages are that mails lead to; without it mails hold a token instead of a link."""
    alarm_mail: str | None = None
    """Who gets a mail of each alarm; AWS asks them first whether they want it."""
    operators_mail: str | None = None
    """Who is told of alarms in words, once per change; without one the log has them."""
    mail_domain: str = f"mail.millrace{PLACEHOLDER_DOMAIN}"
    """Where mail that becomes leads is received; its MX record leads to SES."""
    max_body_bytes: int = 1_000_000
    requests_per_second: int = 50
    request_burst: int = 100
    tenant_units: int = 6_000
    """Units a minute that one tenant may spend: reading costs 1, writing 5."""
    address_units: int = 300
    """The same of an address that has not signed in."""


STAGES: Final[dict[StageName, StageConfig]] = {
    "dev": StageConfig(
        stage="dev",
        log_level="INFO",
        log_retention_days=14,
        tenant_units=60_000,
        address_units=6_000,
        keep_data=False,
        concurrency=Concurrency(requests=20, runs=5),
        allowed_origins=(
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://localhost:5173",
            "http://127.0.0.1:5173",
        ),
    ),
    "prod": StageConfig(
        stage="prod",
        log_level="INFO",
        log_retention_days=90,
        keep_data=True,
        concurrency=Concurrency(requests=200, runs=20),
        requests_per_second=500,
        request_burst=1000,
    ),
}


class StageError(ValueError):
    """A stage cannot be deployed; the message names the setting and the mend."""


def stage_config(name: str, told: Mapping[str, Any] | None = None) -> StageConfig:
    """The settings of a stage, with what `stages` in cdk.json tells of it.

    Raises:
        StageError: there is no such stage, or it is told of a setting that is not told there.
    """
    for config in STAGES.values():
        if config.stage == name:
            return replace(config, **_checked(name, told or {}))
    raise StageError(f"{name!r} is no stage; use one of {', '.join(STAGES)}")


def require_deployable(config: StageConfig) -> None:
    """Refuses placeholders, which are good enough for templates and for nothing else.

    Raises:
        StageError: the message names the setting.
    """
    where = f"under stages.{config.stage} in cdk.json"
    if config.mail_from.endswith(PLACEHOLDER_DOMAIN):
        raise StageError(f"set mail_from {where} to an address that you can receive mail at")
    if not config.allowed_origins:
        raise StageError(
            f"set allowed_origins {where} to the origins of the pages that call the API, "
            'e.g. ["https://crm.acme.com"]'
        )


def _checked(stage: str, told: Mapping[str, Any]) -> dict[str, Any]:
    checks = {
        "mail_from": _is_address,
        "alarm_mail": _is_address,
        "operators_mail": _is_address,
        "mail_domain": _is_domain,
        "allowed_origins": _are_origins,
        "app_url": _is_url,
    }
    for name, value in told.items():
        if name not in checks:
            known = ", ".join(checks)
            raise StageError(f"stages.{stage} in cdk.json: {name} is none of {known}")
        if not checks[name](value):
            raise StageError(f"stages.{stage}.{name} in cdk.json: {value!r} cannot be used")
    return {name: tuple(v) if isinstance(v, list) else v for name, v in told.items()}


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and "@" in value


def _is_domain(value: Any) -> bool:
    return isinstance(value, str) and "." in value and "@" not in value and value == value.lower()


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _are_origins(value: Any) -> bool:
    return isinstance(value, list) and all(_is_url(one) for one in value)
