"""The CRM's application in process, on memory tables, called as API Gateway's authorizer would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from functions.crm.app import create_app
from functions.crm.cursors import Cursors
from functions.crm.dependencies import Runners, build
from functions.crm.settings import CrmSettings
from functions.web.limits import Limiter
from shared.identity.audit import Audit
from shared.identity.rate_limits import RateLimits
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import (
    MemoryBlobs,
    MemoryKms,
    MemoryQueues,
    MovedClock,
    ScriptedFunctions,
    ScriptedMachines,
)
from tests.fakes.tables import MemoryTables

Call = Callable[..., httpx.Response]


def _nothing_runs(*asked: Any) -> Any:
    raise AssertionError(f"nothing here runs {asked}")


class Crm:
    """An application and what stands behind it."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.queues = MemoryQueues()
        self.clock = MovedClock()
        self.app = create_app(CrmSettings())
        cursors = Cursors(lambda: b"a secret of thirty-two bytes or so")
        self.app.state.audit = Audit(self.tables, "audit", self.clock)
        limits = RateLimits(MemoryCounters(), "inbox", self.clock)
        self.app.state.limiter = Limiter(limits, 100_000, 100_000)
        self.runners = Runners(ScriptedMachines(_nothing_runs), ScriptedFunctions(_nothing_runs))
        self.blobs, self.kms = MemoryBlobs(), MemoryKms()
        self.app.state.services = build(
            self.tables, self.queues, cursors, self.runners, self.clock, self.blobs, self.kms
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        tenant: str | None = "acme",
        role: str = "admin",
        subject: str = "jo",
        host: str = "localhost:8000",
        **how: Any,
    ) -> httpx.Response:
        who = {"tenant": tenant, "subject": subject, "role": role}
        context = who if tenant else {}
        return asyncio.run(self._call(method, path, context, host, how))

    async def _call(
        self, method: str, path: str, context: dict[str, Any], host: str, how: dict[str, Any]
    ) -> httpx.Response:
        event = {"requestContext": {"requestId": "r-1", "authorizer": {"lambda": context}}}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "aws.event": event}, receive, send)

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **how)

    def create(self, name: str = "Jane Doe", **fields: Any) -> dict[str, Any]:
        answer = self.call("POST", "/leads/", json={"name": name, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def column(self, status: str = "Interest") -> list[str]:
        return [lead["name"] for lead in self.call("GET", "/leads/").json()[status]]


@pytest.fixture
def crm() -> Crm:
    return Crm()
