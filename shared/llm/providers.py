"""Providers of models: where they answer and which of OpenAI's two APIs they speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import SecretStr

Kind = Literal["openai", "anthropic", "gemini", "custom"]
Api = Literal["chat", "responses"]

BASE_URLS: Final[dict[Kind, str]] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
}
"""Each serves OpenAI's Chat Completions; OpenAI alone serves Responses as well."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider as it is called; nothing that prints it shows the key."""

    name: str
    """What errors call it."""
    kind: Kind
    base_url: str
    key: SecretStr
    api: Api = "chat"
    confined: bool = True
    """Only public addresses are called; off for what the operator named, who is no tenant."""


def default_api(kind: Kind) -> Api:
    """The API that a provider recommends."""
    return "responses" if kind == "openai" else "chat"
