"""A running offline model, and models of ours that ask it through the real client."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from local.offline_model import OfflineModel
from shared.llm.openai_model import OpenAIModel
from shared.llm.patience import Patience
from shared.llm.providers import Endpoint

_keys = itertools.count(1)


@pytest.fixture(scope="session")
def offline() -> Iterator[OfflineModel]:
    with OfflineModel() as running:
        yield running


@dataclass
class Desk:
    """A model with a script of its own, and the waits it would have made."""

    server: OfflineModel
    api: str = "chat"
    key: str = field(default_factory=lambda: f"sk-secret-key-of-test-{next(_keys):04d}")
    waits: list[float] = field(default_factory=list)

    def script(self, *steps: Any) -> None:
        self.server.scripts.put(self.key, steps)

    def model(self, **patience: Any) -> OpenAIModel:
        endpoint = Endpoint(
            "main", "openai", self.server.url, SecretStr(self.key), self.api, confined=False
        )
        given = {"sleep": self.waits.append, "timeout": 5.0, **patience}
        return OpenAIModel(endpoint, "gpt-4o-mini", Patience(**given))

    @property
    def asked(self) -> list[dict[str, Any]]:
        return self.server.scripts.asked(self.key)


@pytest.fixture(params=["chat", "responses"])
def desk(offline: OfflineModel, request: pytest.FixtureRequest) -> Desk:
    """Once for each of the two APIs."""
    return Desk(offline, request.param)


@pytest.fixture
def desks(offline: OfflineModel) -> Callable[[], Desk]:
    return lambda: Desk(offline)
