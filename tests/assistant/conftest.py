"""An assistant on the running offline model, asked through the real client by both APIs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from local.offline_model import OfflineModel
from shared.assistant.turn import TurnResult
from shared.llm.budget import Budget
from shared.llm.metered import MeteredModel
from shared.llm.openai_model import OpenAIModel
from shared.llm.patience import Patience
from shared.llm.providers import Endpoint
from tests.fakes.assistant import OneModel, World

_keys = itertools.count(1)


@pytest.fixture(scope="session")
def offline() -> Iterator[OfflineModel]:
    with OfflineModel() as running:
        yield running


class OfflineWorld(World):
    """A board whose model is a server with a script of its own."""

    def __init__(self, server: OfflineModel, api: str) -> None:
        super().__init__()
        self.server, self.api, self.key = server, api, f"sk-key-of-chat-{next(_keys):04d}"

    def chat(self, message: str, *steps: Any, **how: Any) -> TurnResult:
        """One turn; the server answers with these steps."""
        self.server.scripts.put(self.key, steps)
        url, key = self.server.url, SecretStr(self.key)
        endpoint = Endpoint("main", "openai", url, key, self.api, confined=False)
        patience = Patience(attempts=2, timeout=0.5, sleep=lambda seconds: None)
        model = MeteredModel(OpenAIModel(endpoint, "gpt-4o-mini", patience), Budget())
        turn = self.turn(message, **how)
        return asyncio.run(self.assistant(OneModel(model)).answer(turn))

    @property
    def asked(self) -> list[dict[str, Any]]:
        return self.server.scripts.asked(self.key)


@pytest.fixture(params=["chat", "responses"])
def world(offline: OfflineModel, request: pytest.FixtureRequest) -> OfflineWorld:
    return OfflineWorld(offline, request.param)
