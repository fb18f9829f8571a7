"""What differs between the stages, typed; everything else is the same everywhere.

A stage has an account of its own, so the few physical names (the bus) need no stage in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

StageName = Literal["dev", "prod"]
LogLevel = Literal["DEBUG", "INFO", "WARNING"]

MAX_ATTEMPTS: Final = 5
"""How often a consumer tries an event before it goes to quarantine."""


@dataclass(frozen=True, slots=True)
class StageConfig:
    """One stage's settings."""

    stage: StageName
    log_level: LogLevel
    log_retention_days: Literal[7, 14, 30, 90]
    keep_data: bool
    """Whether tables and users outlive the stack, and refuse to be deleted."""
    allowed_origins: tuple[str, ...]
    mail_from: str
    alarm_mail: str | None = None
    """Who gets a mail of each alarm; AWS asks them first whether they want it."""
    max_body_bytes: int = 1_000_000
    requests_per_second: int = 50
    request_burst: int = 100


STAGES: Final[dict[StageName, StageConfig]] = {
    "dev": StageConfig(
        stage="dev",
        log_level="INFO",
        log_retention_days=14,
        keep_data=False,
        allowed_origins=(
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://localhost:5173",
            "http://127.0.0.1:5173",
        ),
        mail_from="no-reply@millrace.example",
    ),
    "prod": StageConfig(
        stage="prod",
        log_level="INFO",
        log_retention_days=90,
        keep_data=True,
        allowed_origins=(),
        mail_from="no-reply@millrace.example",
        requests_per_second=500,
        request_burst=1000,
    ),
}


class UnknownStageError(ValueError):
    """A stage that has no settings."""


def stage_config(name: str) -> StageConfig:
    """The settings of a stage.

    Raises:
        UnknownStageError: the message names the stages there are.
    """
    for config in STAGES.values():
        if config.stage == name:
            return config
    raise UnknownStageError(f"{name!r} is no stage; use one of {', '.join(STAGES)}")
