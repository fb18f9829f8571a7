"""The ports that stand on what a tenant has set up, on memory."""

from __future__ import annotations

import asyncio

import pytest

from functions.workflow_loops.connection_ports import PortPlaces, tenant_ports
from shared.events.outbox import pending
from shared.graph import NodeFailedError
from shared.identity.audit import Audit
from shared.nodes.files.tenant_buckets import BucketFields, TenantBuckets
from shared.nodes.messages.opt_outs import OptOutList
from shared.nodes.messages.tenant_texts import TenantTexts, TextFields
from shared.nodes.ports import BUCKETS, CONNECTIONS, EVENTS, MAIL, NOTICES, STEPS, TEMPLATES
from shared.platform.tables import TablesBusyError, TransactionRefusedError
from tests.fakes.connections import ADMIN, STRANGER
from tests.fakes.graphs import graph, node, run
from tests.fakes.ports import MemoryMail, MovedClock
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables
from tests.unit.workflows.test_setup_api import ROLE, Opening


class World:
    def __init__(self):
        self.tables, self.clock, self.mail = MemoryTables(), MovedClock(), MemoryMail()
        names = {"workflows": "workflows", "crm": "crm", "inbox": "inbox", "audit": "audit"}
        self.at = PortPlaces(
            self.tables, MemorySecrets(), Opening(), lambda: self.mail, identity="identity",
            clock=self.clock, **names,
        )  # fmt: skip
        self.audit = Audit(self.tables, "audit", self.clock)

    def ports(self, tenant="acme", workflow="w1"):
        return tenant_ports(self.at, tenant, workflow)

    def run(self, *nodes, **how):
        return run(graph(list(nodes)), {}, engine={"ports": self.ports(**how)})


@pytest.fixture
def world():
    return World()


def test_steps_count_for_each_tenant_workflow_and_name(world):
    def steps(tenant="acme", workflow="w1", name="n"):
        return asyncio.run(world.ports(tenant, workflow)[STEPS].next(name))

    assert [steps() for _ in range(3)] == [0, 1, 2]
    assert steps(name="m") == steps(workflow="w2") == steps("other") == 0
    assert steps() == 3


def test_no_two_runs_get_the_same_step(world):
    port = world.ports()[STEPS]

    def another_first(writes):
        world.tables.before_transact = lambda writes: None
        assert asyncio.run(port.next("n")) == taken

    for taken in (0, 2):
        world.tables.before_transact = another_first
        assert asyncio.run(port.next("n")) == taken + 1

    def always(writes):
        raise TransactionRefusedError(["item"])

    world.tables.before_transact = always
    with pytest.raises(TablesBusyError, match="'n'"):
        asyncio.run(port.next("n"))


def test_an_event_is_emitted_once_through_the_outbox(world):
    def emit(tenant="acme", key="x/it", **more):
        data = {"lead_id": "l1", "score": 85, **more}
        return asyncio.run(world.ports(tenant)[EVENTS].emit("lead.qualified", data, key))

    first = emit()
    assert emit() == emit(score=1) == first
    assert len({first, emit(key="x/other"), emit("other")}) == 3
    written = pending(world.tables, "crm", "9999")
    assert [(one.tenant, one.event_type) for one in written].count(("acme", "lead.qualified")) == 2
    event = next(one for one in written if one.id == first)
    assert (event.source, event.metadata["actor"]) == ("millrace.emitted", "workflow/w1")


def test_two_tries_that_emit_at_the_same_time(world):
    port = world.ports()[EVENTS]
    data = {"lead_id": "l1", "score": 85}
    other = []

    def another_first(writes):
        world.tables.before_transact = lambda writes: None
        other.append(asyncio.run(world.ports()[EVENTS].emit("lead.qualified", data, "k")))

    world.tables.before_transact = another_first
    assert asyncio.run(port.emit("lead.qualified", data, "k")) == other[0]


@pytest.mark.parametrize(
    ("event_type", "data"),
    [("user.created", {}), ("workflow.published", {"workflow_id": "w", "number": 1,
      "machine": "express"}), ("execution.completed", {}), ("nope", {}),
     ("lead.qualified", {"lead_id": 7}), ("lead.qualified", {"lead_id": "l", "extra": 1})],
)  # fmt: skip
def test_security_what_a_workflow_may_not_say(world, event_type, data):
    with pytest.raises(NodeFailedError) as caught:
        asyncio.run(world.ports()[EVENTS].emit(event_type, data, "k"))
    assert caught.value.error_type == "EventRefused"
    assert world.tables.items == {}


def test_mail_from_a_text_to_those_who_want_it(world):
    said = TextFields(subject="Hello {{ data.values.name }}", body="Dear {{ data.values.name }}")
    TenantTexts(world.tables, "workflows", world.audit).put(ADMIN, "welcome", said)
    opt_outs = OptOutList(world.tables, "workflows", world.audit)
    opt_outs.add(ADMIN, "Bob@example.com", "everything")
    opt_outs.add(ADMIN, "eve@example.com", "news")
    config = {"to": ["ada@example.com", "BOB@example.com", "eve@example.com"],
              "template": "welcome", "values": {"name": "Ada"}, "topic": "news"}  # fmt: skip
    done = world.run(node("it", "send-email", **config))
    assert done.result["send_email"] == {
        "sent": ["ada@example.com"], "opted_out": ["BOB@example.com", "eve@example.com"],
        "suppressed": [],
    }  # fmt: skip
    assert [message.subject for message in world.mail.sent.values()] == ["Hello Ada"]
    done = world.run(node("it", "send-email", **{**config, "topic": "bills"}))
    assert done.result["send_email"]["sent"] == ["ada@example.com", "eve@example.com"]
    theirs = world.run(node("it", "send-email", **config), tenant="other")
    assert theirs.error.type == "NoTemplate"


def test_notices_go_once_to_members_alone(world):
    world.tables.items["identity", "acme#members", "jo"] = {"pk": "acme#members", "sk": "jo"}
    world.tables.items["identity", "other#members", "olga"] = {"pk": "other#members", "sk": "olga"}
    for _ in range(2):
        told = world.ports()[NOTICES].tell(["jo", "olga"], "Ada answered", "", "", "x/it")
        assert asyncio.run(told) == ["jo"]
    rows = [item for item in world.tables.all("workflows") if item["sk"].startswith("notice#")]
    assert [(row["pk"], row["title"]) for row in rows] == [
        ("acme#member#jo#notices", "Ada answered")
    ]


def test_buckets_are_those_that_were_registered(world):
    buckets = TenantBuckets(world.tables, "workflows", world.at.opening, world.audit)
    buckets.add(ADMIN, BucketFields(name="acme-data", role=ROLE, prefix="in/"))
    port = world.ports()[BUCKETS]
    assert asyncio.run(port.names()) == ["acme-data"]
    opened = asyncio.run(port.open("acme-data"))
    assert (opened.name, opened.prefix, opened.role) == ("acme-data", "in/", ROLE)
    with pytest.raises(NodeFailedError, match="'acme-data' is registered"):
        asyncio.run(world.ports("other")[BUCKETS].open("acme-data"))
    assert buckets.list(STRANGER.tenant) == []


def test_every_key_is_led_by_the_tenant(world):
    ports = world.ports()
    asyncio.run(ports[STEPS].next("n"))
    asyncio.run(ports[EVENTS].emit("lead.qualified", {"lead_id": "l", "score": 1}, "k"))
    assert {pk.partition("#")[0] for _, pk, _ in world.tables.items} == {"acme"}
    assert asyncio.run(ports[CONNECTIONS].list()) == []
    assert asyncio.run(ports[TEMPLATES].names()) == []
    assert set(ports) == {CONNECTIONS, BUCKETS, TEMPLATES, NOTICES, STEPS, EVENTS, MAIL}
