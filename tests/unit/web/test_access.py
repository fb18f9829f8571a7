"""Each route says once what it needs, or its application does not start."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from functions.web.access import (
    SCHEMES,
    UndeclaredRouteError,
    declared,
    needs,
    open_to_all,
    publish,
)
from functions.web.limits import Limiter
from functions.web.problems import install
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.identity.rate_limits import RateLimits
from shared.identity.rights import Right
from tests.fakes.counters import MemoryCounters
from tests.fakes.tables import MemoryTables


def app(*dependencies):
    made, router = FastAPI(docs_url=None, redoc_url=None, openapi_url=None), APIRouter()

    @router.post("/thing/{thing_id}/", dependencies=list(dependencies))
    async def thing(thing_id: int, body: dict[str, int]) -> str:
        return "done"

    made.include_router(router)
    install(made, {})
    publish(made)
    limits = RateLimits(MemoryCounters(), "inbox")
    made.state.limiter = Limiter(limits, 1_000, 1_000)
    made.state.audit = Audit(MemoryTables(), "audit")
    return made


def status(made, who: Principal | None, path="/thing/1/", **how) -> int:
    context = who.to_context() if who else {}
    event = {"requestContext": {"authorizer": {"lambda": context}}}

    async def called(scope, receive, send):
        await made({**scope, "aws.event": event}, receive, send)

    async def ask():
        transport = httpx.ASGITransport(called, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(path, **({"json": {"a": 1}} | how))

    return asyncio.run(ask()).status_code


@pytest.mark.parametrize(
    "dependencies", [(), (needs(Right.LEADS_VIEW), open_to_all())], ids=["nothing", "twice"]
)
def test_a_route_that_does_not_say_it_once(dependencies):
    with pytest.raises(UndeclaredRouteError, match=r"POST /thing/.* must say once"):
        app(*dependencies)


def test_a_route_that_is_added_past_the_router():
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    made.add_route("/bare/", lambda request: None)
    with pytest.raises(UndeclaredRouteError, match="/bare/"):
        publish(made)


def test_it_is_enforced():
    made = app(needs(Right.LEADS_ADD))
    assert status(made, None) == 401
    assert status(made, Principal("t", "s", "user")) == 403
    assert status(made, Principal("t", "s", "sales_rep")) == 200
    assert status(made, Principal("t", "k", "admin", "key")) == 403
    scoped = Principal("t", "k", "admin", "key", frozenset({Right.LEADS_ADD}))
    assert status(made, scoped) == 200


def test_it_comes_before_anything_that_the_request_says():
    made = app(needs(Right.LEADS_ADD))
    wrong = {"path": "/thing/x/", "json": ["no", "object"]}
    assert status(made, None, **wrong) == 401
    assert status(made, Principal("t", "s", "user"), **wrong) == 403
    assert status(made, Principal("t", "s", "admin"), **wrong) == 400


def test_every_right_that_is_named_is_needed():
    made = app(needs(Right.LEADS_VIEW, Right.LEADS_DELETE))
    assert status(made, Principal("t", "s", "manager")) == 403
    assert status(made, Principal("t", "s", "admin")) == 200


def test_signed_in_and_open():
    assert status(app(needs()), None) == 401
    assert status(app(needs()), Principal("t", "s", "user")) == 200
    assert status(app(open_to_all()), None) == 200


def test_it_stands_in_openapi():
    made = app(needs(Right.LEADS_ADD, Right.LEADS_VIEW))
    document = made.openapi()
    shown = document["paths"]["/thing/{thing_id}/"]["post"]
    assert shown["x-rights"] == ["leads:add", "leads:view"]
    assert shown["security"] == [{"bearer": []}, {"apiKey": []}]
    assert document["components"]["securitySchemes"] == SCHEMES
    shown = app(open_to_all()).openapi()["paths"]["/thing/{thing_id}/"]["post"]
    assert shown["security"] == []
    assert "x-rights" not in shown
    assert [d.method for d in declared(made)] == ["POST"]
