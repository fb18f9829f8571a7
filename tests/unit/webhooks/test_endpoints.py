"""Endpoints: what may be kept, what is never shown, and who sees whose."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import ValidationError

from shared.events.catalog import lookup
from shared.events.outbox import VersionConflictError
from shared.identity.principal import Principal
from shared.platform.tables import TransactionRefusedError
from shared.webhooks.endpoint import EndpointFields
from shared.webhooks.endpoints import MOST
from shared.webhooks.errors import (
    DeliveryNotFoundError,
    DeliveryWaitsError,
    EndpointChangedError,
    EndpointDisabledError,
    EndpointNotFoundError,
    InvalidEndpointError,
    RecoveryNotFoundError,
    TooManyEndpointsError,
)
from tests.unit.webhooks.test_sending import fields_of
from tests.unit.webhooks.world import ANN, URL, World

OTHER = Principal("other", "olga", "admin")


@pytest.fixture
def world() -> World:
    return World(
        inside=["10.0.0.1"], both=["93.184.216.34", "169.254.169.254"], nowhere=[],
        mapped=["::ffff:127.0.0.1"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://receiver.example/", "not encrypted"),
        ("ftp://receiver.example/", "not encrypted"),
        ("https://user:pass@receiver.example/", "password"),
        ("https://receiver.example/#x", "no address of a server"),
        ("https:///path-alone", "no address of a server"),
        ("https://receiver.example:99999/", "no address"),
        ("https://inside/", "not a public address"),
        ("https://both/", "not a public address"),
        ("https://mapped/", "not a public address"),
        ("https://nowhere/", "has no address"),
    ],
)
def test_an_address_must_be_encrypted_and_public(world, url, problem):
    with pytest.raises(InvalidEndpointError, match=problem) as refused:
        world.add(url=url)
    assert refused.value.field == "url"
    assert not world.secrets.values


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"types": ["no.such"]}, "Unsupported event type"),
        ({"types": ["leed.*"]}, "no type is called"),
        ({"types": []}, "at least 1"),
        ({"types": ["[a-z]*"]}, "no name of types"),
        ({"filter": {"data": {"score": [{"numeric": ["!", 80]}]}}}, "data.score.numeric"),
        ({"filter": {"data": "x"}}, "must be an object or an array"),
        ({"headers": {"webhook-id": "x"}}, "delivery's own"),
        ({"headers": {"Host": "x"}}, "delivery's own"),
        ({"headers": {"Transfer-Encoding": "x"}}, "delivery's own"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "printable ASCII"),
        ({"headers": {"X A": "a"}}, "no name of a header"),
        ({"headers": {"X-A": "a", "x-a": "b"}}, "twice"),
        ({"headers": {f"X-{n}": "a" for n in range(11)}}, "10 are allowed"),
        ({"description": "x" * 501}, "at most 500"),
        ({"secret": "whsec_mine"}, "not permitted"),
    ],
)
def test_fields_that_cannot_be_kept(fields, problem):
    with pytest.raises(ValidationError, match=problem):
        EndpointFields.model_validate({"url": URL, **fields})


def test_older_names_of_types_are_kept_as_the_catalogue_has_them():
    wanted = ["business_lead_created", "business_lead_updated", "lead.*"]
    fields = EndpointFields.model_validate({"url": URL, "types": wanted})
    older = lookup("business_lead_created").name, lookup("business_lead_updated").name
    assert fields.types == (*older, "lead.*")


def test_headers_are_named_and_never_shown(world):
    endpoint, _ = world.add(headers={"X-Token": "s3cr3t"})
    assert endpoint.header_names == ("X-Token",)
    assert "s3cr3t" not in world.endpoints.get("acme", endpoint.id).model_dump_json()
    assert "s3cr3t" not in json.dumps(
        [e.model_dump() for e in world.endpoints.page("acme", limit=9)[0]]
    )


def test_headers_that_are_left_out_stay_unless_they_would_go_elsewhere(world):
    endpoint, _ = world.add(headers={"X-Token": "s3cr3t"})
    kept = asyncio.run(
        world.endpoints.update(ANN, endpoint.id, fields_of(endpoint, url=f"{URL}/more"))
    )
    assert kept.header_names == ("X-Token",)
    elsewhere = fields_of(endpoint, url="https://thief.example/")
    with pytest.raises(InvalidEndpointError, match="sent elsewhere"):
        asyncio.run(world.endpoints.update(ANN, endpoint.id, elsewhere))
    without = fields_of(endpoint, url="https://thief.example/", headers={})
    assert asyncio.run(world.endpoints.update(ANN, endpoint.id, without)).header_names == ()
    assert len(world.secrets.values) == 1


def test_a_tenant_has_so_many_and_no_more(world):
    for _ in range(MOST):
        world.add()
    with pytest.raises(TooManyEndpointsError, match=str(MOST)):
        world.add()
    world.add(OTHER)


def test_a_change_of_another_version_is_refused(world):
    endpoint, _ = world.add()
    world.endpoints.rotate(ANN, endpoint.id, 1)
    for change in (
        lambda: world.endpoints.rotate(ANN, endpoint.id, 1),
        lambda: world.endpoints.enable(ANN, endpoint.id, 1),
        lambda: world.endpoints.delete(ANN, endpoint.id, 1),
        lambda: asyncio.run(world.endpoints.update(ANN, endpoint.id, fields_of(endpoint), 1)),
    ):
        with pytest.raises(EndpointChangedError) as refused:
            change()
        assert refused.value.current.version == 2
    assert len(world.secrets.values) == 1


def test_who_is_slower_leaves_no_secret_behind(world):
    endpoint, _ = world.add()
    lost: list[int] = []

    def faster(writes: object) -> None:
        world.tables.before_transact = lambda writes: None
        lost.append(world.endpoints.rotate(ANN, endpoint.id)[0].version)

    world.tables.before_transact = faster
    with pytest.raises(EndpointChangedError):
        world.endpoints.rotate(ANN, endpoint.id)
    assert lost == [2]
    assert len(world.secrets.values) == 1


def test_an_idempotency_key_that_is_refused_leaves_no_secret_behind(world):
    def refused(_: object) -> None:
        raise TransactionRefusedError(["idempotency"])

    world.tables.before_transact = refused
    with pytest.raises(TransactionRefusedError):
        world.add()
    assert not world.secrets.values


def test_nothing_of_another_tenant_is_seen_or_changed(world):
    endpoint, _ = world.add()
    world.happens()
    world.drain()
    (delivery,) = world.log(endpoint)
    before = json.dumps([list(world.tables.items.items())], default=str)
    made = world.recoveries
    for asked, error in (
        (lambda: world.endpoints.get("other", endpoint.id), EndpointNotFoundError),
        (lambda: world.endpoints.rotate(OTHER, endpoint.id), EndpointNotFoundError),
        (lambda: world.endpoints.enable(OTHER, endpoint.id), EndpointNotFoundError),
        (lambda: world.endpoints.delete(OTHER, endpoint.id), EndpointNotFoundError),
        (lambda: world.deliveries.get("other", endpoint.id, delivery.id), DeliveryNotFoundError),
        (lambda: world.deliveries.again("other", endpoint.id, delivery.id), EndpointNotFoundError),
        (lambda: world.deliveries.test("other", endpoint.id, "deal.won"), EndpointNotFoundError),
        (
            lambda: made.start("other", endpoint.id, world.clock(), "olga", lambda _: ()),
            EndpointNotFoundError,
        ),
        (lambda: made.get("other", endpoint.id, "x"), RecoveryNotFoundError),
        (
            lambda: asyncio.run(world.endpoints.update(OTHER, endpoint.id, fields_of(endpoint))),
            EndpointNotFoundError,
        ),
    ):
        with pytest.raises(error):
            asked()
    assert world.endpoints.page("other", limit=9) == ([], None)
    assert world.deliveries.of_event("other", delivery.event_id) == []
    assert json.dumps([list(world.tables.items.items())], default=str) == before


def test_events_of_one_tenant_reach_no_endpoint_of_another(world):
    world.add(OTHER)
    world.happens()
    assert not world.queues.sent


def test_only_what_an_endpoint_wants_is_sent(world):
    world.add(types=["lead.created"], filter={"data": {"name": [{"prefix": "Ja"}]}})
    world.add(url=f"{URL}/2", types=["deal.*"])
    world.add(url=f"{URL}/3", enabled=False)
    world.happens()
    world.happens(world.event(name="Kim"))
    assert world.drain() == ["delivered"]
    assert [call.url for call in world.http.calls] == [URL]


def test_a_delivery_is_sent_again_when_asked(world):
    endpoint, _ = world.add()
    event = world.happens()
    (waiting,) = world.log(endpoint)
    with pytest.raises(DeliveryWaitsError):
        world.deliveries.again("acme", endpoint.id, waiting.id)
    world.drain()
    world.deliveries.again("acme", endpoint.id, waiting.id)
    assert world.drain() == ["delivered"]
    assert [call.headers["webhook-id"] for call in world.http.calls] == [event.id] * 2
    assert world.only(endpoint).attempts == 2


def test_a_disabled_endpoint_is_asked_for_nothing(world):
    endpoint, _ = world.add(enabled=False)
    with pytest.raises(EndpointDisabledError):
        world.deliveries.test("acme", endpoint.id, "deal.won")
    with pytest.raises(EndpointDisabledError):
        world.recoveries.start("acme", endpoint.id, world.clock(), "ann", lambda _: ())


def test_a_recovery_sends_what_failed_in_steps_and_ends(world):
    endpoint, _ = world.add()
    world.http.answers = [410]
    since = world.clock()
    for _ in range(120):
        world.clock.move(seconds=1)
        world.happens(world.event())
        world.drain()
    assert {one.status for one in world.deliveries.page("acme", endpoint.id, limit=999)[0]} == {
        "failed"
    }
    assert len(world.http.calls) == 1
    world.clock.move(seconds=1)
    world.endpoints.enable(ANN, endpoint.id)
    world.http.answers = [200]
    made = world.recoveries.start("acme", endpoint.id, since, "ann", lambda _: ())
    outcomes: list[str] = []
    while world.queues.sent:
        outcomes += world.drain()
    assert outcomes.count("delivered") == 120
    after = world.recoveries.get("acme", endpoint.id, made.id)
    assert (after.status, after.restarted) == ("done", 120)


def test_a_step_of_a_recovery_that_comes_twice_is_one(world):
    endpoint, _ = world.add()
    world.recoveries.start("acme", endpoint.id, world.clock(), "ann", lambda _: ())
    ((_, body),) = world.queues.sent
    assert [world.take(body), world.take(body)] == ["done", "passed"]


def test_an_endpoint_that_changes_all_the_time_is_disabled_at_the_next_failure(world):
    endpoint, _ = world.add()

    def refused(_: object) -> None:
        raise TransactionRefusedError(["endpoint"])

    world.tables.before_transact = refused
    with pytest.raises(VersionConflictError):
        world.health.disable("acme", endpoint.id, "why")
    world.tables.before_transact = lambda _: None
    assert world.health.disable("acme", endpoint.id, "why")
    assert not world.health.disable("acme", endpoint.id, "why")
