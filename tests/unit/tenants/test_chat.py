"""The same table for the assistant, whose conversations are of one subject each."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import httpx
import pytest

from functions.web.access import Declared, declared
from shared.identity.principal import Principal
from shared.identity.rights import ROLES, Right
from tests.unit.chat.talking import Talk
from tests.unit.tenants.test_table import KINDS
from tests.unit.tenants.world import MARK
from tools.chat_application import application
from tools.generate import apps

BODIES = {
    "POST /chat/": {"message": MARK},
    "PUT /conversations/{conversation_id}/": {"title": MARK},
    "POST /chat/clear/": None,
    "POST /conversations/": None,
}


class Chats:
    """One tenant in which a member and a key have a conversation with an answered message."""

    def __init__(self) -> None:
        self.talk = Talk()
        self.app = application(self.talk.routes, self.talk.handler)
        self.ids: dict[str, dict[str, str]] = {}
        for subject in ("jo", "0" * 16):
            said = self.talk.say(MARK, subject=subject)
            self.ids[subject] = {
                "conversation_id": said.session,
                "task_id": said.body["task_id"],
            }
        self.talk.work()
        self._before = copy.deepcopy(self.talk.tables.items)

    def ask(self, route: Declared, who: Principal | None, ids: dict[str, str]) -> httpx.Response:
        """One request; whatever it did is undone."""
        context = who.to_context() if who else {}
        event = {"requestContext": {"requestId": "r", "authorizer": {"lambda": context}}}

        async def called(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "aws.event": event}, receive, send)

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(called, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as it:
                body = BODIES.get(f"{route.method} {route.path}")
                session = {"X-Chat-Session": ids["conversation_id"]}
                path = route.path.format(**ids)
                return await it.request(route.method, path, json=body, headers=session)

        try:
            return asyncio.run(asked())
        finally:
            self.written = {
                key[1]
                for key, item in self.talk.tables.items.items()
                if self._before.get(key) != item
            } | {key[1] for key in self._before if key not in self.talk.tables.items}
            self.talk.tables.items = copy.deepcopy(self._before)


@pytest.fixture(scope="module")
def chats():
    return Chats()


def callers(tenant: str, subject: str):
    for role in ROLES:
        for kind, scopes in KINDS.items():
            if kind == "user":
                yield Principal(tenant, subject, role)
            else:
                yield Principal(tenant, "0" * 16, role, "key", scopes)


def test_every_route_is_here_and_every_body(chats):
    described = {f"{one.method} {one.path}" for one in declared(apps()[-1])}
    assert {f"{one.method} {one.path}" for one in declared(chats.app)} == described
    assert {key for key in described if key[:3] in ("POS", "PUT", "PAT")} == set(BODIES)


def test_every_cell_of_a_tenants_own(chats):
    wrong, tried = [], 0
    for route in declared(chats.app):
        assert chats.ask(route, None, chats.ids["jo"]).status_code == 401
        for who in callers("acme", "jo"):
            status = chats.ask(route, who, chats.ids[who.subject]).status_code
            tried += 1
            may = Right.CHAT_USE in who.rights
            if not (status < 300 if may else status == 403):
                wrong.append((route.method, route.path, who.role, who.kind, status))
    assert wrong == []
    assert tried == 9 * 12


@pytest.mark.parametrize(
    ("tenant", "subject"), [("other", "olga"), ("other", "jo"), ("acme", "ann")]
)
def test_every_cell_of_others(chats, tenant, subject):
    """With every id of the first member: nothing is found, shown or changed."""
    leaks = []
    for route in declared(chats.app):
        for who in callers(tenant, subject):
            if who.kind == "key" and tenant == "acme":
                continue  # a key of the tenant has a conversation of its own, above
            answer = chats.ask(route, who, chats.ids["jo"])
            own = "{" not in route.path
            right = answer.status_code in (403, *((200, 201) if own else (404,)))
            held = chats.ids["jo"]["conversation_id"]
            told = MARK in answer.text or (own and held in str(answer.headers) + answer.text)
            touched = [key for key in chats.written if held in key or key == "acme#chat#jo"]
            if not right or told or touched:
                leaks.append((route.path, who.role, answer.status_code, answer.text, touched))
    assert leaks == []
