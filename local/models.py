"""What answers functions that ask language models: the offline model, or OpenAI with a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from local.offline_model import OfflineModel

OPENAI: Final = "https://api.openai.com/v1"
OFFLINE_KEY: Final = "offline"
"""The offline model asks for some key, as the real ones do."""


class Models(Protocol):
    """What answers, and what functions are told of it if they declare these settings."""

    def variables(self) -> Mapping[str, str]:
        """The settings, by name."""

    def said(self) -> str:
        """What it is, for the banner."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The server beside the platform."""

    server: OfflineModel

    def variables(self) -> Mapping[str, str]:
        """See `Models.variables`."""
        return {"OPENAI_BASE_URL": self.server.url, "OPENAI_API_KEY": OFFLINE_KEY}

    def said(self) -> str:
        """See `Models.said`."""
        return f"offline, {self.server.url} (set OPENAI_API_KEY to use OpenAI)"


@dataclass(frozen=True, slots=True)
class OpenAI:
    """OpenAI, or what the environment names instead, under the environment's key."""

    url: str
    key: str = field(repr=False)

    def variables(self) -> Mapping[str, str]:
        """See `Models.variables`."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": self.key}

    def said(self) -> str:
        """See `Models.said`."""
        return f"{self.url}, by OPENAI_API_KEY of the environment"


def named_by(environment: Mapping[str, str]) -> OpenAI | None:
    """What the environment asks for; None is the offline model."""
    key = environment.get("OPENAI_API_KEY", "")
    return OpenAI(environment.get("OPENAI_BASE_URL") or OPENAI, key) if key else None
