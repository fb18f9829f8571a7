"""What every function's settings share; each function adds its own in its own module.

Settings come from the environment alone and are checked at cold start: a function that lacks one
does not start, and says which one is missing.
"""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class FunctionSettings(BaseSettings):
    """Settings of every function."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    stage: str = Field("dev", description="The stage this function belongs to, e.g. dev or prod.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
