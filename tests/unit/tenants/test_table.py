"""The table route x role x tenant x kind of credential, made from the code and tried whole."""

from __future__ import annotations

import pytest

from shared.identity.rights import ALLOWED, ROLES, Right
from tests.unit.tenants.world import BODIES, EVENT, MARK, Cell, World

EVERYBODYS = {
    "/pipelines/{pipeline}/runs/", "/pipelines/{pipeline}/samples/", "/pipelines/{pipeline}/test/",
    "/pipelines/{pipeline}/nodes/{node}/test/", "/users/{user_id}/executions/",
}  # fmt: skip
KINDS = {"user": frozenset(), "full key": frozenset(Right), "bare key": frozenset()}
WITHOUT_BODY = {
    "POST /auth/forgot-password/", "POST /auth/invitations/accept/", "POST /auth/login/",
    "POST /auth/refresh/", "POST /auth/register/", "POST /auth/reset-password/",
    "POST /auth/token/", "POST /events/quarantine/{entry_id}/redrive/",
    "POST /events/replays/{replay_id}/resume/",
    "POST /webhook-endpoints/{endpoint_id}/rotate/",
    "POST /webhook-endpoints/{endpoint_id}/enable/",
    "POST /webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay/",
}  # fmt: skip
"""Open routes, whose own rules other tests try; here an empty request stands for them."""


@pytest.fixture(scope="module")
def world():
    return World()


def cells(world, tenant):
    for app, route in world.routes():
        yield app, Cell(route, None)
        for role in ROLES:
            for kind, scopes in KINDS.items():
                who = world.who(tenant, role, kind.split()[-1], scopes)
                yield app, Cell(route, who)


def test_every_route_with_a_body_has_one_here(world):
    keys = {f"{route.method} {route.path}" for _, route in world.routes()}
    with_body = {key for key in keys if key[:3] in ("POS", "PUT", "PAT")}
    assert with_body == set(BODIES) | world.workflows.bodies() | WITHOUT_BODY


def test_every_cell_of_a_tenants_own(world):
    """A caller gets through exactly where the table of rights says so."""
    wrong, tried = [], 0
    for app, cell in cells(world, world.tenant):
        status = world.ask(app, cell).status_code
        tried += 1
        if cell.who is None and not cell.route.needs.open:
            right = status == 401
        elif not cell.may:
            right = status == 403
        else:
            # Signing in and its like refuse an empty request; nothing else may.
            refused = {400, 401} if cell.key in WITHOUT_BODY else set()
            right = status < 300 or status in refused
        if not right:
            wrong.append((cell.key, cell.who and (cell.who.role, cell.who.kind), status))
    assert wrong == []
    assert tried == len(world.routes()) * 13


def test_every_cell_of_another_tenant(world):
    """With every id of the first tenant on every route: nothing is found or shown."""
    leaks, tried = [], 0
    for app, cell in cells(world, world.other):
        if cell.route.needs.open:
            continue
        answer = world.ask(app, cell)
        tried += 1
        by_id = "{" in cell.route.path
        found = answer.status_code < 400 and by_id and not lists_by_name(cell)
        opened = found or answer.status_code >= 500
        told = MARK in answer.text or EVENT in answer.text.replace(world.path(cell.route), "")
        if opened or (told and answer.status_code < 400):
            leaks.append((cell.key, cell.who and cell.who.role, answer.status_code, answer.text))
    assert leaks == []
    assert tried > 400


def lists_by_name(cell):
    """A pipeline is everybody's, a user's id tells nobody; nothing of theirs is listed."""
    return cell.route.path in EVERYBODYS


def test_what_others_ask_for_changes_nothing(world):
    """The same again, with what every request wrote looked at."""
    changed = []
    for app, route in world.routes():
        if route.needs.open:
            continue
        who = world.who(world.other, "admin", "user", frozenset())
        written = watch(world, app, Cell(route, who))
        if foreign := [key for key in written if world.tenant in key[1]]:
            changed.append((route.path, foreign))
    assert changed == []


def watch(world, app, cell):
    """The keys of everything that a request wrote."""
    before = world.tables.items
    found = []
    ask = world.tables.transact

    def transact(writes):
        ask(writes)
        found.extend(key for key, item in world.tables.items.items() if before.get(key) != item)

    world.tables.items, world.tables.transact = dict(before), transact
    try:
        world.ask(app, cell)
    finally:
        del world.tables.transact
    return found


def test_every_role_has_less_than_the_one_above():
    assert ALLOWED["admin"] > ALLOWED["manager"] > ALLOWED["sales_rep"] > ALLOWED["user"]
