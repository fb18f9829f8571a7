"""The same table for what tenants set up: connections, buckets, texts, opt-outs and notices."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import httpx
import pytest

from functions.web.access import declared
from functions.web.limits import Limiter
from functions.workflow_loops.app import create_app
from functions.workflow_loops.connection_services import build as build_connections
from functions.workflow_loops.services import build
from functions.workflow_loops.settings import WorkflowSettings
from functions.workflow_loops.setup_services import build as build_setup
from shared.connections.connections import Places
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.identity.rate_limits import RateLimits
from shared.identity.rights import ROLES, Right
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MovedClock
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables
from tests.unit.tenants.test_table import KINDS
from tests.unit.tenants.world import MARK
from tests.unit.workflows.test_connections_api import Server
from tests.unit.workflows.test_setup_api import ROLE, Opening
from tests.unit.workflows.test_workflows import Blobs

ROOTS = ("/connections/", "/settings/templates/", "/settings/opt-outs/", "/notices/")
SECRET = "s3cret-of-acme"
BODY = {
    "name": MARK, "hosts": ["api.example.com"], "test_url": "https://api.example.com/",
    "settings": {"kind": "oauth2", "client_id": "me", "client_secret": SECRET,
                 "authorize_url": "https://id.example.com/a",
                 "token_url": "https://id.example.com/t"},
}  # fmt: skip
BODIES = {
    "POST /connections/": BODY,
    "PUT /connections/{connection_id}/": BODY,
    "POST /connections/buckets/": {"name": "another", "role": ROLE},
    "PUT /settings/templates/{name}/": {"body": "text"},
    "POST /settings/opt-outs/": {"address": "eve@example.com"},
}


class Setup:
    """One tenant with one of everything."""

    def __init__(self) -> None:
        self.tables, self.secrets, clock = MemoryTables(), MemorySecrets(), MovedClock()
        self.app = create_app(WorkflowSettings())
        state, audit = self.app.state, Audit(self.tables, "audit", clock)
        state.services = build(self.tables, Blobs(), "crm", "workflows", clock)
        at = Places(self.tables, self.secrets, "workflows", "inbox", clock=clock)
        state.connections = build_connections(at, audit, state.services, Server())
        state.setup = build_setup(self.tables, "workflows", audit, Opening(), clock)
        state.audit = audit
        state.limiter = Limiter(RateLimits(MemoryCounters(), "inbox", clock), 10**9, 10**9)
        self.ids = {"name": "acme-only-acme", "address": "ada@example.com"}
        self.fill()
        self._before = copy.deepcopy((self.tables.items, self.secrets.values))

    def fill(self) -> None:
        admin = Principal("acme", "member-acme", "admin")
        made = self.ask("POST", "/connections/", admin, BODY).json()
        self.ids["connection_id"] = made["id"]
        name = self.ids["name"]
        bucket = {"name": name, "role": ROLE}
        assert self.ask("POST", "/connections/buckets/", admin, bucket).status_code == 201
        text = {"subject": MARK, "body": "text"}
        assert self.ask("PUT", f"/settings/templates/{name}/", admin, text).status_code == 200
        said = {"address": self.ids["address"], "topic": MARK}
        assert self.ask("POST", "/settings/opt-outs/", admin, said).status_code == 201
        for subject in ("member-acme", "0" * 16):
            self.app.state.setup.notices.tell("acme", subject, (MARK, "", ""), subject)
        rows = [item["sk"] for item in self.tables.all("workflows") if "notices" in item["pk"]]
        self.notices = {
            subject: next(
                sk.removeprefix("notice#")
                for (_, pk, sk) in self.tables.items
                if subject in pk and sk.startswith("notice#")
            )
            for subject in ("member-acme", "0" * 16)
        }
        assert rows

    def routes(self) -> list[Any]:
        return [one for one in declared(self.app) if one.path.startswith(ROOTS)]

    def call(self, route: Any, who: Principal | None) -> httpx.Response:
        """One request; whatever it did is undone."""
        subject = who.subject if who and who.tenant == "acme" else "member-acme"
        path = route.path.format(**self.ids, notice_id=self.notices[subject])
        try:
            return self.ask(route.method, path, who, BODIES.get(f"{route.method} {route.path}"))
        finally:
            self.tables.items, self.secrets.values = copy.deepcopy(self._before)

    def ask(self, method: str, path: str, who: Principal | None, body: Any) -> httpx.Response:
        context = who.to_context() if who else {}
        event = {"requestContext": {"requestId": "r", "authorizer": {"lambda": context}}}

        async def called(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "aws.event": event}, receive, send)

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(called, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as it:
                return await it.request(method, path, json=body)

        return asyncio.run(asked())


@pytest.fixture(scope="module")
def setup():
    return Setup()


def callers(tenant):
    for role in ROLES:
        for kind, scopes in KINDS.items():
            if kind == "user":
                yield Principal(tenant, f"member-{tenant}", role)
            else:
                yield Principal(tenant, "0" * 16, role, "key", scopes)


def test_every_cell_of_a_tenants_own(setup):
    wrong, tried = [], 0
    for route in setup.routes():
        for who in (None, *callers("acme")):
            status = setup.call(route, who).status_code
            tried += 1
            if route.needs.open:
                right = status == 400  # it names no state
            elif who is None:
                right = status == 401
            elif set(route.needs.rights) <= who.rights:
                right = status < 300
            else:
                right = status == 403
            if not right:
                wrong.append((route.method, route.path, who and (who.role, who.kind), status))
    assert wrong == []
    assert tried == len(setup.routes()) * 13 > 250


def test_every_cell_of_another_tenant(setup):
    leaks = []
    for route in setup.routes():
        if route.needs.open:
            continue
        for who in callers("other"):
            before = len(setup.secrets.values)
            answer = setup.call(route, who)
            own = route.method == "PUT" and route.path.startswith("/settings/templates/")
            own |= route.method == "DELETE" and route.path.startswith("/settings/opt-outs/")
            opened = answer.status_code < 400 and "{" in route.path and not own
            told = MARK in answer.text.replace("acme-only-acme", "") and route.method == "GET"
            if opened or told or answer.status_code >= 500 or SECRET in answer.text:
                leaks.append((route.method, route.path, who.role, answer.status_code))
            assert len(setup.secrets.values) == before
    assert leaks == []


def test_what_others_ask_for_changes_nothing(setup):
    """Nothing under the first tenant's keys, nor among its secrets."""
    stranger = Principal("other", "member-other", "admin")
    written = []
    transact = setup.tables.transact

    def watched(writes):
        transact(writes)
        keys = [w.item["pk"] if hasattr(w, "item") else w.key["pk"] for w in writes]
        written.extend(key for key in keys if not key.startswith("other#"))

    setup.tables.transact = watched
    try:
        for route in setup.routes():
            if not route.needs.open:
                setup.call(route, stranger)
    finally:
        del setup.tables.transact
    assert written == []


def test_a_key_that_may_add_connections_is_one_that_was_given_that_scope(setup):
    key = Principal("acme", "0" * 16, "admin", "key", frozenset({Right.CONNECTIONS_VIEW}))
    assert setup.ask("POST", "/connections/", key, BODY).status_code == 403
