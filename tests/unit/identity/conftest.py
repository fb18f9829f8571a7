"""Identity's application on fakes, behind the real authorizer's rules."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from functions.identity.app import create_app
from functions.identity.services import build
from functions.identity.settings import IdentitySettings
from functions.web.limits import Limiter
from shared.events.envelope import from_wire
from shared.identity.api_keys import ApiKeys
from shared.identity.audit import Audit
from shared.identity.credentials import Credentials
from shared.identity.errors import DeniedError
from shared.identity.membership import Members
from shared.identity.places import Places
from shared.identity.rate_limits import RateLimits
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MemoryMail, MovedClock
from tests.fakes.tables import MemoryTables
from tests.fakes.tokens import verifier
from tests.fakes.user_pool import MemoryUserPool

PASSWORD = "Correct-horse-7"


class Identity:
    """An application, what stands behind it, and what stands before it."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        # Tokens are verified against the machine's clock, in whole seconds.
        self.clock = MovedClock(datetime.now(UTC).replace(microsecond=0))
        self.pool = MemoryUserPool(self.clock)
        self.mail = MemoryMail()
        places = Places(self.tables, "identity", "crm", "inbox", "audit", self.clock)
        self.app = create_app(IdentitySettings())
        self.app.state.services = build(
            places, self.pool, lambda: self.mail, sleep=lambda s: self.clock.move(seconds=s)
        )
        self.app.state.audit = Audit(self.tables, "audit", self.clock)
        self.limiter = Limiter(RateLimits(MemoryCounters(), "inbox", self.clock), 100_000, 100_000)
        self.app.state.limiter = self.limiter
        keys = ApiKeys(self.tables, "identity", self.clock)
        self.credentials = Credentials(verifier(), Members(self.tables, "identity"), keys)

    def call(self, method: str, path: str, authorization: str = "", **how: Any) -> httpx.Response:
        """A request; API Gateway's 403 is answered where the authorizer denies."""
        context: dict[str, Any] = {}
        if authorization:
            try:
                context = self.credentials.principal(authorization).to_context()
            except DeniedError:
                return httpx.Response(403, json={"message": "Forbidden"})
        event = {"requestContext": {"requestId": "r-1", "authorizer": {"lambda": context}}}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "aws.event": event}, receive, send)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            where = "http://localhost:8000"
            async with httpx.AsyncClient(transport=transport, base_url=where) as client:
                return await client.request(method, path, **how)

        # A thread of its own, for a test may ask while another question is being answered.
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(lambda: asyncio.run(ask())).result()

    def post(self, path: str, authorization: str = "", **body: Any) -> httpx.Response:
        return self.call("POST", path, authorization, json=body)

    def register(self, email: str = "jo@acme.example", **more: Any) -> dict[str, Any]:
        """A new tenant's admin, with `bearer` ready to be sent."""
        body = {"email": email, "password": PASSWORD, "tenant_name": "Acme", **more}
        answer = self.post("/auth/register/", **body)
        assert answer.status_code == 201, answer.text
        return {**answer.json(), "bearer": f"Bearer {answer.json()['access_token']}"}

    def login(self, email: str = "jo@acme.example", password: str = PASSWORD) -> dict[str, Any]:
        answer = self.post("/auth/login/", email=email, password=password)
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "bearer": f"Bearer {answer.json()['access_token']}"}

    def join(self, admin: dict[str, Any], email: str, role: str = "user") -> dict[str, Any]:
        """Somebody who was invited, accepted and signed in."""
        self.clock.move(seconds=1)
        self.post("/auth/invitations/", admin["bearer"], email=email, role=role)
        body = {"token": self.mailed(), "name": email[:2].title(), "password": PASSWORD}
        answer = self.post("/auth/invitations/accept/", **body)
        assert answer.status_code == 201, answer.text
        return {**self.login(email), "user": answer.json()}

    def mailed(self) -> str:
        """The token in the last mail."""
        (*_, last) = self.mail.sent.values()
        found = re.search(r"mr[a-z]_\S+", last.body)
        assert found, last.body
        return found[0]

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """What happened, in order."""
        found = [from_wire(i["event"]) for i in self.tables.all("crm") if "event" in i]
        return [(e.event_type, dict(e.data)) for e in found]


@pytest.fixture
def identity() -> Identity:
    return Identity()
