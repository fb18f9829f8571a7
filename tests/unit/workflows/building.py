"""The workflow API with everything that builders use, on fakes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx

import shared.nodes
from functions.web.limits import Limiter
from functions.workflow_loops.app import create_app
from functions.workflow_loops.building import build
from functions.workflow_loops.settings import WorkflowSettings
from shared.graph import NodeRegistry
from shared.identity.audit import Audit
from shared.identity.rate_limits import RateLimits
from tests.fakes.counters import MemoryCounters
from tests.fakes.executions import ExecutionsWorld
from tests.fakes.node_ports import node_ports
from tests.fakes.secrets import MemorySecrets
from tests.fakes.trials import InlineTrials
from tests.unit.workflows.test_workflows import definition


class Api:
    """Asks the application as a member of a tenant."""

    def __init__(self) -> None:
        registry = NodeRegistry.of(shared.nodes)
        self.world = world = ExecutionsWorld(registry)
        self.tables, self.clock, self.blobs = world.tables, world.clock, world.blobs
        self.ports, self.secrets = node_ports(), MemorySecrets()
        world.runner._means = replace(world.runner._means, ports=self.ports)
        self.trials = InlineTrials(registry, lambda tenant: self.ports)
        self.app = create_app(WorkflowSettings())
        state = self.app.state
        state.services, state.executing = world.services, world.at
        state.building = build(
            state.services, self.tables, "workflows", self.blobs, self.trials, self.secrets,
            ports=lambda tenant: self.ports, clock=self.clock,
        )  # fmt: skip
        state.audit = Audit(self.tables, "audit", self.clock)
        limits = RateLimits(MemoryCounters(), "inbox", self.clock)
        state.limiter = Limiter(limits, 10**9, 10**9)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        tenant: str = "acme",
        role: str = "admin",
        subject: str = "jo",
        scopes: str = "",
        **how: Any,
    ) -> httpx.Response:
        """One request; without a tenant it carries no principal."""
        context = {"tenant": tenant, "subject": subject, "role": role} if tenant else {}
        if scopes:
            context |= {"kind": "key", "scopes": scopes}
        event = {"requestContext": {"requestId": "r", "authorizer": {"lambda": context}}}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "aws.event": event}, receive, send)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as it:
                return await it.request(method, path, **how)

        return asyncio.run(ask())

    def post(self, path: str, body: Any, status: int = 200, **how: Any) -> Any:
        """A POST that is answered so; the answer's JSON."""
        answer = self("POST", path, json=body, **how)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, **how: Any) -> Any:
        """A GET that works; the answer's JSON."""
        answer = self("GET", path, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, **more: Any) -> Any:
        """A workflow by our own path."""
        body = {"name": "Greet", "definition": definition(), **more}
        return self.post("/workflows/", body, 201)

    def drawn(self, *types: str, kind: str = "api") -> tuple[str, list[str]]:
        """A workflow by seed 001's paths, with a chain of nodes: where it is, and their ids."""
        made = self.post("/workflow/", {"name": "Chain", "workflow_type": kind}, 201)
        where, ids = f"/workflow/{made['id']}", list[str]()
        for name in types:
            node = self.post(f"{where}/nodes/add/", {"nodeTemplate": name}, 201)
            if ids:
                ends = {"source": ids[-1], "target": node["id"]}
                self.post(f"{where}/connections/add/", ends, 201)
            ids.append(node["id"])
        return where, ids
