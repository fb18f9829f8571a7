"""The applications on the same memory tables, with everything that one tenant can have."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from functions.crm.app import create_app as create_crm
from functions.crm.cursors import Cursors
from functions.crm.dependencies import Runners
from functions.crm.dependencies import build as build_crm
from functions.crm.settings import CrmSettings
from functions.crm.webhook_services import WebhookServices
from functions.crm.webhook_services import build as build_webhooks
from functions.identity.app import create_app as create_identity
from functions.identity.services import build as build_identity
from functions.identity.settings import IdentitySettings
from functions.web.access import Declared, declared
from functions.web.limits import Limiter
from shared.consumers.replays import Asked
from shared.events import Event
from shared.events.log import log_write
from shared.events.quarantine import Quarantined, entry_id
from shared.identity.audit import Audit
from shared.identity.places import Places
from shared.identity.principal import Principal
from shared.identity.rate_limits import RateLimits
from shared.identity.registration import Person
from shared.identity.rights import Right, Role
from shared.pipelines.programs import Registry
from shared.pipelines.runs import Run
from shared.platform.suppressions import Suppression, suppression_item
from shared.platform.tables import Put
from shared.webhooks.addresses import Addresses
from shared.webhooks.endpoint import EndpointFields
from shared.webhooks.endpoints import Places as HookPlaces
from tests.fakes.counters import MemoryCounters
from tests.fakes.pipelines import CompiledMachines
from tests.fakes.ports import (
    MemoryMail,
    MemoryQueues,
    MovedClock,
)
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables
from tests.fakes.user_pool import MemoryUserPool
from tests.unit.tenants.workflows_part import QUERIES, WorkflowsPart

MARK = "only-acme"
"""Stands in every name of the tenant; no answer to another may hold it."""
EVENT = "01935f3e-7c1a-7b4e-9d2f-00000000e7e7"

FORM = {
    "name": "New", "email": "ann@x.example", "role": "CEO", "company_size": "11-50",
    "annual_revenue": "1M", "project_budget": "100k+", "services": ["AI"],
    "preferred_language": "English",
}  # fmt: skip

BODIES: dict[str, dict[str, Any]] = {
    "POST /leads/": {"name": "New"},
    "PUT /leads/{lead_id}/": {"notes": "changed"},
    "PUT /leads/{lead_id}/status/": {"status": "Proposal sent"},
    "POST /forms/{key}/leads/": {"name": "New"},
    "POST /auth/api-keys/": {"name": "new", "scopes": ["leads:view"]},
    "POST /auth/public-keys/": {"name": "new", "purpose": "form"},
    "POST /auth/invitations/": {"email": "new@x.example", "role": "user"},
    "PUT /auth/members/{user_id}/": {"role": "manager"},
    "PUT /auth/tenant/": {"currency": "EUR"},
    "POST /auth/logout/": {},
    "POST /events/": {"type": "process_lead", "data": {"name": "New"}},
    "POST /events/process/": {"event_type": "process_lead", "data": {"name": "New"}},
    "POST /events/queue/": {"event_type": "process_lead", "data": {"name": "New"}},
    "POST /pipeline/test-lead/": {"name": "New"},
    "POST /pipelines/{pipeline}/test/": {"data": {"name": "New"}},
    "POST /pipelines/{pipeline}/nodes/{node}/test/": {"data": {"name": "New"}},
    "POST /forms/{key}/submit-business-lead/": FORM,
    "POST /submit-business-lead/": FORM,
    "POST /events/quarantine/redrive/": {"consumer": "lead_pipeline"},
    "POST /events/quarantine/discard/": {"consumer": "lead_pipeline"},
    "POST /events/replays/": {
        "consumer": "lead_days",
        "since": "2026-03-01T12:00:00Z",
        "until": "2026-03-01T13:00:00Z",
    },
    "POST /webhook-endpoints/": {"url": "https://receiver.example/new"},
    "PUT /webhook-endpoints/{endpoint_id}/": {"url": "https://receiver.example/changed"},
    "POST /webhook-endpoints/{endpoint_id}/test/": {"type": "deal.won"},
    "POST /webhook-endpoints/{endpoint_id}/recoveries/": {"since": "2026-03-01T12:00:00Z"},
}


@dataclass(frozen=True)
class Cell:
    """One square of the table: a caller at a route."""

    route: Declared
    who: Principal | None

    @property
    def key(self) -> str:
        return f"{self.route.method} {self.route.path}"

    @property
    def may(self) -> bool:
        """What the table of rights says."""
        if self.route.needs.open:
            return True
        return self.who is not None and set(self.route.needs.rights) <= self.who.rights


class World:
    """One tenant with one of everything, and a second one with an admin."""

    def __init__(self) -> None:
        self.tables, self.clock = MemoryTables(), MovedClock()
        queues = MemoryQueues()
        self.crm = create_crm(CrmSettings())
        self._secrets = MemorySecrets()
        self.crm.state.webhooks = self._webhooks(queues)
        cursors = Cursors(lambda: b"a secret of thirty-two bytes or so")
        lead = Registry.of_folders().get("lead_pipeline")
        machines = CompiledMachines({"arn:lead": (lead.shape, lead.node)})
        runners = Runners(machines, machines)
        self.crm.state.services = build_crm(self.tables, queues, cursors, runners, self.clock)
        places = Places(self.tables, "identity", "crm", "inbox", "audit", self.clock)
        pool = MemoryUserPool(self.clock)
        self.identity = create_identity(IdentitySettings())
        made = build_identity(places, pool, MemoryMail)
        self.identity.state.services = made
        self.workflows = WorkflowsPart(self.tables, self.clock)
        for app in (self.crm, self.identity, self.workflows.app):
            limits = RateLimits(MemoryCounters(), "inbox", self.clock)
            app.state.limiter = Limiter(limits, 10**9, 10**9)
            app.state.audit = Audit(self.tables, "audit", self.clock)
        password = "Correct-horse-7"
        founder = made.registration.found(Person("a@acme.example", password, MARK), MARK)
        self.tenant = str(made.directory.membership(founder.user_id)["tenant"])
        stranger = made.registration.found(Person("o@other.example", password, "Olga"), "Other")
        self.other = str(made.directory.membership(stranger.user_id)["tenant"])
        self.subjects = {self.tenant: founder.user_id, self.other: stranger.user_id}
        self._ids = self._fill(made, queues)
        self._before = copy.deepcopy(self.tables.items)
        self._kept = dict(self._secrets.values)

    def routes(self) -> list[tuple[FastAPI, Declared]]:
        found = [(app, route) for app in (self.crm, self.identity) for route in declared(app)]
        return [*found, *((self.workflows.app, route) for route in self.workflows.routes())]

    def path(self, route: Declared) -> str:
        """A route's path with the ids of the first tenant."""
        key = f"{route.method} {route.path}"
        found = route.path.format(**{**self._ids, **self.workflows.ids(route)})
        if key == "POST /submit-business-lead/":
            return f"{found}?key={self._ids['key']}"
        return f"{found}?{QUERIES[key]}" if key in QUERIES else found

    def who(self, tenant: str, role: Role, kind: str, scopes: frozenset[Right]) -> Principal:
        if kind == "user":
            return Principal(tenant, self.subjects[tenant], role)
        return Principal(tenant, "0" * 16, role, "key", scopes)

    def ask(self, app: FastAPI, cell: Cell) -> httpx.Response:
        """One request; whatever it did is undone."""
        context = cell.who.to_context() if cell.who else {}
        event = {"requestContext": {"requestId": "r", "authorizer": {"lambda": context}}}

        async def called(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "aws.event": event}, receive, send)

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(called, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as it:
                body = BODIES.get(cell.key, self.workflows.body(cell.key))
                return await it.request(cell.route.method, self.path(cell.route), json=body)

        try:
            return asyncio.run(asked())
        finally:
            self.tables.items = copy.deepcopy(self._before)
            self._secrets.values = dict(self._kept)

    def _fill(self, made: Any, queues: MemoryQueues) -> dict[str, str]:
        admin = Principal(self.tenant, self.subjects[self.tenant], "admin")
        at = self.crm.state.services
        lead = asyncio.run(self._lead(admin))
        self.clock.move(seconds=1)
        run = Run(
            execution_id=EVENT, pipeline="lead_pipeline", event_type="lead.created", source=MARK,
            status="completed", attempt=1, started_at="2026-03-01T12:00:00Z",
            ended_at="2026-03-01T12:00:01Z",
        )  # fmt: skip
        self.tables.transact([at.runs.write(self.tenant, run)])
        entry = Quarantined(
            id=entry_id(EVENT, "lead_pipeline"), tenant=self.tenant, event_id=EVENT,
            event_type="lead.created", consumer="lead_pipeline", node=None, error=MARK, attempts=5,
            at="2026-03-01T12:00:00Z", queue_url="https://q/1", body="{}",
        )  # fmt: skip
        at.quarantine.add(entry)
        event = Event("process_lead", {"name": MARK}, id=EVENT, tenant=self.tenant)
        self.tables.transact([log_write("event_log", self.tenant, event)])
        day = {"pk": f"{self.tenant}#lead_columns", "sk": MARK, "leads": 1}
        self.tables.transact([Put("projections", day)])
        gone = Suppression(f"{MARK}@x.example", "bounced", "2026-03-01T12:00:00Z", MARK)
        self.tables.transact([Put("crm", suppression_item(self.tenant, gone))])
        now = self.clock()
        asked = Asked("lead_days", now, now + timedelta(hours=1))
        audit: Audit = self.crm.state.audit
        replay = at.replays.start(
            self.tenant, MARK, asked, lambda made: audit.entry(self.tenant, MARK, "a", made.id)
        )
        task = at.tasks.queue(self.tenant, MARK, "process_lead", {"name": MARK})
        key, _ = made.keys.create(admin, MARK, [Right.LEADS_VIEW], timedelta(days=1))
        public = made.public_keys.create(admin, MARK, "form", 600, [])
        self.workflows.fill(admin, MARK)
        invitation = made.invitations.create(admin, f"{MARK}@x.example", "user")
        member = made.directory.member("member-1", f"{MARK}@acme.example", MARK, "user")
        made.directory.join(self.tenant, MARK, member, "member-1", [])
        return {
            "lead_id": lead, "replay_id": replay.id, "address": gone.address,
            "pipeline": "lead_pipeline", "node": "analyze", "execution_id": EVENT,
            "task_id": task,
            "entry_id": entry.id, "correlation_id": EVENT, "key_id": key.id, "key": public.key,
            "invitation_id": invitation.id, "user_id": "member-1", **self._endpoint(admin),
        }  # fmt: skip

    def _webhooks(self, queues: MemoryQueues) -> WebhookServices:
        async def resolved(host: str, port: int) -> list[str]:
            return ["93.184.216.34"]

        at = HookPlaces(self.tables, self._secrets, "webhooks", clock=self.clock)
        audit = Audit(self.tables, "audit", self.clock)
        return build_webhooks(at, audit, queues, Addresses(resolve=resolved))

    def _endpoint(self, admin: Principal) -> dict[str, str]:
        """An endpoint, one of its deliveries, and a recovery."""
        at: WebhookServices = self.crm.state.webhooks
        fields = EndpointFields(url="https://receiver.example/", description=MARK)
        made, _ = asyncio.run(at.endpoints.create(admin, fields))
        sent = at.deliveries.test(self.tenant, made.id, "deal.won")
        ended = sent.ends("failed", self.clock(), MARK)
        self.tables.transact([ended.write("webhooks", sent.step)])
        recovery = at.recoveries.start(self.tenant, made.id, self.clock(), MARK, lambda _: ())
        return {
            "endpoint_id": made.id, "delivery_id": sent.id, "recovery_id": recovery.id,
        }  # fmt: skip

    async def _lead(self, admin: Principal) -> str:
        from shared.crm.lead import NewLead
        from shared.crm.leads import Caller

        # Nobody owns it: what a role may do with it is its right alone.
        key = Principal(admin.tenant, "k", "admin", "key", frozenset(Right))
        leads = self.crm.state.services.leads
        return str(leads.create(Caller(key, "r"), NewLead(name=MARK)).id)
