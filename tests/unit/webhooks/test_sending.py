"""Tries of deliveries: what an endpoint answers, and what becomes of the delivery then."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from shared.events.outbox import SHARDS, pending
from shared.platform.clock import iso
from shared.platform.http import EgressRefusedError, HttpTransportError
from shared.platform.tables import TablesBusyError
from shared.webhooks.schedule import TRIES, WAITS
from tests.unit.webhooks.world import ANN, World


@pytest.fixture
def world() -> World:
    return World()


def signature_holds(world: World, secret: str, number: int = -1) -> None:
    call = world.http.calls[number]
    headers = {name.lower(): value for name, value in call.headers.items()}
    wanted = Webhook(secret).sign(headers["webhook-id"], world.clock(), call.body.decode())
    assert wanted in headers["webhook-signature"].split()


def test_an_event_reaches_its_endpoint_signed(world):
    endpoint, secret = world.add()
    event = world.happens()
    assert world.drain() == ["delivered"]
    signature_holds(world, secret)
    (call,) = world.http.calls
    assert call.method == "POST"
    assert call.headers["webhook-id"] == event.id
    assert call.redirects == 0
    said = json.loads(call.body)
    assert said["type"] == "lead.created"
    assert said["data"]["name"] == "Jane"
    assert said["sequence"] == 1
    found = world.only(endpoint)
    assert (found.status, found.attempts, found.due_at) == ("delivered", 1, None)
    assert [(one.status_code, one.ms) for one in found.log] == [(200, 12)]


def test_a_message_that_comes_twice_is_one_try(world):
    world.add()
    world.happens()
    (_, body), world.queues.sent = world.queues.sent[0], []
    assert [world.take(body), world.take(body)] == ["delivered", "passed"]
    assert len(world.http.calls) == 1


def test_500s_then_200(world):
    endpoint, _ = world.add()
    event = world.happens()
    world.http.answers = [500, 500, 200]
    assert world.drain() == ["again"]
    assert world.only(endpoint).due_at == iso(world.clock() + WAITS[0])
    assert world.queues.waits == [5]
    world.until_due(world.only(endpoint))
    assert world.drain() == ["again"]
    world.until_due(world.only(endpoint))
    assert world.drain() == ["delivered"]
    assert {call.headers["webhook-id"] for call in world.http.calls} == {event.id}
    assert {call.body for call in world.http.calls} == {world.http.calls[0].body}
    assert world.endpoints.get("acme", endpoint.id).failing_since is None


def test_every_try_of_the_schedule_and_no_more(world):
    endpoint, _ = world.add()
    world.happens()
    world.http.answers = [500]
    outcomes = world.drain()
    while world.only(endpoint).status == "waiting":
        world.until_due(world.only(endpoint))
        world.clock.move(seconds=1)
        world.sweeper.sweep()
        outcomes += world.drain()
    assert [one for one in outcomes if one != "passed"] == ["again"] * (TRIES - 1) + ["failed"]
    assert len(world.http.calls) == TRIES == 10
    found = world.only(endpoint)
    assert (found.status, found.why) == ("failed", "every try failed")
    assert not found.looked_at


def test_what_is_due_late_is_the_sweepers(world):
    endpoint, _ = world.add()
    world.happens()
    world.http.answers = [500]
    for _ in range(3):
        world.drain()
        world.until_due(world.only(endpoint))
    assert world.only(endpoint).tries == 3
    assert not world.queues.sent
    world.clock.move(seconds=1)
    assert world.sweeper.sweep() == 1
    assert world.sweeper.sweep() == 0  # its message is on its way
    assert world.drain() == ["again"]


def test_a_process_that_dies_between_send_and_record_sends_again_under_the_same_id(world):
    endpoint, _ = world.add()
    event = world.happens()

    def dies(writes: object) -> None:
        if world.http.calls:
            raise TablesBusyError("killed")

    world.tables.before_transact = dies
    (_, body), world.queues.sent = world.queues.sent[0], []
    with pytest.raises(TablesBusyError):
        world.take(body)
    world.tables.before_transact = lambda writes: None
    assert world.take(body) == "passed"  # the claim holds: its message comes too early
    assert world.sweeper.sweep() == 0
    world.clock.move(seconds=91)
    assert world.sweeper.sweep() == 1
    assert world.drain() == ["delivered"]
    assert [call.headers["webhook-id"] for call in world.http.calls] == [event.id, event.id]
    assert world.only(endpoint).attempts == 2


def test_a_lost_message_is_found(world):
    world.add()
    world.happens()
    world.queues.sent = []
    world.clock.move(seconds=61)
    assert world.sweeper.sweep() == 1
    assert world.drain() == ["delivered"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure(world, status):
    endpoint, _ = world.add()
    world.happens()
    world.http.answers = [(status, {"location": "http://169.254.169.254/latest"}, b"")]
    assert world.drain() == ["again"]
    assert "redirects are not followed" in str(world.only(endpoint).log[0].error)


def test_410_disables_at_once_and_says_so_on_the_bus(world):
    endpoint, _ = world.add()
    world.happens()
    world.happens()
    world.http.answers = [410]
    assert world.drain() == ["failed", "failed"]
    assert len(world.http.calls) == 1
    found = world.endpoints.get("acme", endpoint.id)
    assert not found.enabled
    assert "410" in str(found.disabled and found.disabled.reason)
    (event,) = pending(world.tables, "crm", iso(world.clock() + timedelta(seconds=1)), SHARDS)
    assert event.event_type == "webhook_endpoint.disabled"
    assert event.data["endpoint_id"] == endpoint.id
    assert event.tenant == "acme"


def test_429_leaves_the_endpoint_alone_for_as_long_as_it_asks(world):
    endpoint, _ = world.add()
    world.happens()
    world.http.answers = [(429, {"retry-after": "120"}, b""), 200]
    assert world.drain() == ["again"]
    assert world.only(endpoint).due_at == iso(world.clock() + timedelta(seconds=120))
    world.happens(world.event(name="Second"))
    asked = world.queues.sent.pop()
    assert world.take(asked[1]) == "later"
    assert len(world.http.calls) == 1
    assert {one.tries for one in world.log(endpoint)} == {0, 1}
    world.clock.move(seconds=121)
    assert world.drain() == ["delivered", "delivered"]


@pytest.mark.parametrize(
    "failure",
    [
        HttpTransportError("Timeout", "no answer in 20 s"),
        HttpTransportError("ConnectError", "refused"),
        EgressRefusedError("receiver.example stands for 10.0.0.1, which is not a public address"),
    ],
)
def test_without_an_answer_it_is_tried_again(world, failure):
    endpoint, _ = world.add()
    world.happens()
    world.http.answers = [failure]
    assert world.drain() == ["again"]
    (one,) = world.only(endpoint).log
    assert one.status_code is None
    assert str(failure) in str(one.error)


def test_five_days_without_a_delivery_disable(world):
    endpoint, _ = world.add()
    world.http.answers = [500]
    world.happens()
    world.drain()
    world.clock.move(seconds=4 * 86_400)
    world.happens()
    world.drain()
    assert world.endpoints.get("acme", endpoint.id).enabled
    world.clock.move(seconds=86_400)
    world.happens()
    world.drain()
    found = world.endpoints.get("acme", endpoint.id)
    assert "5 days" in str(found.disabled and found.disabled.reason)
    enabled = world.endpoints.enable(ANN, endpoint.id)
    assert (enabled.enabled, enabled.disabled, enabled.failing_since) == (True, None, None)


def test_one_success_starts_the_five_days_anew(world):
    endpoint, _ = world.add()
    world.http.answers = [500, 200, 500]
    for _ in range(3):
        world.happens(world.event())
        world.drain()
        world.queues.sent = []
        world.clock.move(seconds=3 * 86_400)
    assert world.endpoints.get("acme", endpoint.id).enabled


def test_a_deleted_endpoint_gets_nothing_that_waits(world):
    endpoint, _ = world.add()
    world.happens()
    world.endpoints.delete(ANN, endpoint.id)
    assert world.drain() == ["cancelled"]
    assert not world.http.calls
    assert not world.secrets.values


def test_a_disabled_endpoint_gets_nothing_that_waits(world):
    endpoint, _ = world.add()
    world.happens()
    asyncio.run(world.endpoints.update(ANN, endpoint.id, fields_of(endpoint, enabled=False)))
    assert world.drain() == ["failed"]
    assert not world.http.calls


def test_while_a_secret_is_replaced_both_sign(world):
    endpoint, old = world.add()
    _, new = world.endpoints.rotate(ANN, endpoint.id)
    assert new != old
    assert len(world.secrets.values) == 1
    world.happens()
    world.drain()
    signature_holds(world, old)
    signature_holds(world, new)
    world.clock.move(seconds=86_401)
    world.happens(world.event())
    world.drain()
    signature_holds(world, new)
    with pytest.raises(AssertionError):
        signature_holds(world, old)


def test_secrets_replaced_during_a_try_are_read_again(world):
    endpoint, _ = world.add()
    world.happens()
    read = world.secrets.read
    rotated: list[str] = []

    def replaced(name: str) -> str:
        if not rotated:
            world.secrets.read = read
            rotated.append(world.endpoints.rotate(ANN, endpoint.id)[1])
        return read(name)

    world.secrets.read = replaced
    assert world.drain() == ["delivered"]
    signature_holds(world, rotated[0])


def test_headers_of_the_tenant_are_sent_and_cannot_replace_ours(world):
    world.add(headers={"Authorization": "Bearer letmein"})
    world.happens()
    world.drain()
    assert world.http.calls[0].headers["Authorization"] == "Bearer letmein"


def test_no_secret_is_in_a_row_or_a_log(world, caplog, capsys):
    endpoint, secret = world.add(headers={"X-Token": "s3cr3t-value"})
    world.happens()
    echoed = f"{secret} {secret.removeprefix('whsec_')} s3cr3t-value".encode()
    world.http.answers = [(500, {}, echoed)]
    world.drain()
    world.endpoints.rotate(ANN, endpoint.id)
    rows = json.dumps([list(world.tables.items.values())], default=str)
    told = caplog.text + "".join(capsys.readouterr())
    for hidden in (secret.removeprefix("whsec_"), "s3cr3t-value"):
        assert hidden not in rows
        assert hidden not in told
        assert hidden in json.dumps(list(world.secrets.values.values()))


def test_a_large_event_is_named_and_can_be_fetched(world):
    world.add()
    event = world.happens(world.event(notes="x" * 30_000))
    world.drain()
    body = world.http.calls[0].body
    assert len(body) < 1_000
    said = json.loads(body)
    assert "data" not in said
    assert said["id"] == event.id
    assert said["fetch"].startswith("/events/?type=lead.created&since=")


def test_what_an_endpoint_answers_is_kept_in_part_and_without_control_letters(world):
    endpoint, _ = world.add()
    world.happens()
    world.http.answers = [(500, {}, b"\x1b[31mno\x00" + b"x" * 5_000)]
    world.drain()
    excerpt = str(world.only(endpoint).log[0].excerpt)
    assert len(excerpt) <= 1_000
    assert "\x1b" not in excerpt
    assert world.http.calls[0].max_bytes == 1_000


def fields_of(endpoint, **changes):
    from shared.webhooks.endpoint import EndpointFields

    known = endpoint.model_dump(include={"url", "description", "types", "filter", "enabled"})
    return EndpointFields.model_validate({**known, **changes})
