"""A running offline model, and agents that ask it through the real client."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from local.offline_model import OfflineModel
from shared.llm.budget import Budget
from shared.llm.metered import MeteredModel
from shared.llm.openai_model import OpenAIModel
from shared.llm.patience import Patience
from shared.llm.providers import Endpoint

_keys = itertools.count(1)


@pytest.fixture(scope="session")
def offline() -> Iterator[OfflineModel]:
    with OfflineModel() as running:
        yield running


class OfflineModels:
    """The port `Models` on the offline model, with a script of its own."""

    def __init__(self, server: OfflineModel) -> None:
        self.server, self.key = server, f"sk-key-of-agent-{next(_keys):04d}"
        self.limit = 10

    def script(self, *steps: Any) -> None:
        self.server.scripts.put(self.key, steps)

    @property
    def asked(self) -> list[dict[str, Any]]:
        return self.server.scripts.asked(self.key)

    def of(self, model: str, run: str, inner: Any = ()) -> MeteredModel:
        endpoint = Endpoint("main", "openai", self.server.url, SecretStr(self.key), confined=False)
        patience = Patience(attempts=2, timeout=1.0, sleep=lambda seconds: None)
        return MeteredModel(OpenAIModel(endpoint, model or "gpt-4o-mini", patience), Budget(inner))

    def steps(self) -> int:
        return self.limit


@pytest.fixture
def models(offline: OfflineModel) -> OfflineModels:
    return OfflineModels(offline)
