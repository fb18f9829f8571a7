"""Every code block of seed 004 that can run, as its document has it but for `shared.events`.

Blocks stand unchanged; what they take for granted (a deal, a request, Django, Celery, a Redis) is
handed to them. The endpoint `deals/move` comes with deals: until then its block and the
integration test meet a stand-in for the framework and its client.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import shared.events.bus
from shared.events import (
    Event,
    EventBackend,
    EventBus,
    InMemoryEventBackend,
    NoOpEventBackend,
    get_event_bus,
    set_event_bus,
)

SEED = Path(__file__).with_name("seed_004.md").read_text()
BLOCKS = dict(re.findall(r"## (\w+)\n\n```python\n(.*?)```", SEED, re.DOTALL))
DEAL = SimpleNamespace(id="d1", name="Rollout", amount=900)
REQUEST = SimpleNamespace(
    user=SimpleNamespace(id="u1"), company=SimpleNamespace(id="c1"), data={}
)  # fmt: skip
USUAL = {"Event": Event, "EventBus": EventBus, "EventBackend": EventBackend, "json": json,
         "InMemoryEventBackend": InMemoryEventBackend, "get_event_bus": get_event_bus,
         "deal": DEAL, "request": REQUEST, "datetime": datetime}  # fmt: skip


def run(*blocks, **given):
    """Runs blocks one after the other in one module; gives what they defined."""
    names = {**USUAL, **given}
    for block in blocks:
        exec(BLOCKS[block], names)
    return SimpleNamespace(**names)


@pytest.fixture
def backend():
    """The process's bus keeps its events."""
    kept = InMemoryEventBackend()
    before = set_event_bus(EventBus(kept))
    yield kept
    set_event_bus(before)


@pytest.fixture
def settings(monkeypatch):
    """The process's bus is made anew, as settings say."""
    monkeypatch.setattr(shared.events.bus, "_global_event_bus", None)
    monkeypatch.delenv("EVENT_BUS_BACKEND", raising=False)
    monkeypatch.delenv("EVENT_BUS_OPTIONS", raising=False)
    return monkeypatch


def package(monkeypatch, name, **content):
    """A stand-in for somebody else's package."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        path = ".".join(parts[:length])
        monkeypatch.setitem(sys.modules, path, made := ModuleType(path))
    vars(made).update(content)


class Redis:
    """Keeps what is published."""

    def __init__(self, url=None):
        self.url = url
        self.published = []

    def publish(self, channel, message):
        self.published.append((channel, json.loads(message)))


def test_an_event_and_a_bus():
    made = run("EVENT", "BUS")
    assert isinstance(made.bus.backend, NoOpEventBackend)
    assert made.event.data["new_stage"] == "qualification"
    assert made.event.metadata["ip_address"] == "192.168.1.1"


def test_publishing(backend):
    run("PUBLISH", lead=SimpleNamespace(id="l1"), account=SimpleNamespace(id="a1"))
    (event,) = backend.get_events("lead.converted")
    assert event.data == {"lead_id": "l1", "account_id": "a1"}


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
def test_publishing_with_metadata(backend):
    run("PUBLISH_WITH_METADATA", company=REQUEST.company)
    (event,) = backend.get_events("deal.won")
    assert (event.data["amount"], event.metadata["company_id"]) == ("900", "c1")


def test_subscribing_and_unsubscribing(backend, capsys):
    made = run("SUBSCRIBE")
    moved = Event("deal.stage_changed", {"deal_id": "d1", "new_stage": "won"})
    made.bus.publish(moved, topics=["deals"])
    assert capsys.readouterr().out == "Deal d1 moved to won\n"
    run("UNSUBSCRIBE", bus=made.bus, handle_deal_stage_change=made.handle_deal_stage_change)
    made.bus.publish(moved, topics=["deals"])
    assert capsys.readouterr().out == ""


def test_the_default_backend(settings):
    assert type(get_event_bus().backend) is type(run("NO_OP").backend)


def test_the_logging_backend(caplog):
    caplog.set_level(logging.INFO)
    event = Event("deal.stage_changed", {"deal_id": "d1"})
    EventBus(run("LOGGING").backend).publish(event, topics=["deals", "notifications"])
    told = 'Event: deal.stage_changed | Topics: deals, notifications | Data: {"deal_id": "d1"}'
    assert ("INFO", told) in [(r.levelname, r.message) for r in caplog.records]


def test_the_backend_in_memory():
    made = run("IN_MEMORY", event=Event("deal.stage_changed", {}))
    assert len(made.all_events) == len(made.deal_events) == 1
    assert made.backend.get_events() == []


def test_a_custom_backend_from_settings(settings):
    package(settings, "myapp.backends", **vars(run("CUSTOM")), Redis=Redis)
    settings.setenv("EVENT_BUS_BACKEND", run("SETTINGS").EVENT_BUS_BACKEND)
    client = {"redis_client": {"()": "myapp.backends.Redis", "url": "redis://cache"}}
    settings.setenv("EVENT_BUS_OPTIONS", json.dumps(client))
    bus = get_event_bus()
    bus.publish(Event("deal.won", {"deal_id": "d1"}), topics=["deals"])
    ((channel, message),) = bus.backend.redis.published
    assert (channel, message["event_type"], message["data"]) == (
        "deals", "deal.won", {"deal_id": "d1"},
    )  # fmt: skip
    assert bus.backend.redis.url == "redis://cache"


def test_a_signal_publishes(backend, monkeypatch):
    class Deal:
        """A model."""

    receivers = {}
    package(monkeypatch, "django.db.models.signals", post_save="post_save")
    package(
        monkeypatch, "django.dispatch",
        receiver=lambda signal, sender: lambda f: receivers.setdefault((signal, sender), f),
    )  # fmt: skip
    run("SIGNAL", Deal=Deal)
    for created in (True, False):
        receivers["post_save", Deal](sender=Deal, instance=DEAL, created=created)
    assert [e.event_type for e in backend.get_events()] == ["deal.created", "deal.updated"]


def view(monkeypatch):
    """The view set of the seed under a stand-in for its framework."""
    package(monkeypatch, "rest_framework.decorators", action=lambda **_: lambda method: method)
    stages = {"old_stage": "prospecting", "new_stage": "qualification"}
    viewsets = SimpleNamespace(ModelViewSet=object)
    return run("VIEW", viewsets=viewsets, Response=dict, **stages).DealViewSet()


def test_a_view_publishes(backend, monkeypatch):
    assert view(monkeypatch).move(REQUEST) == {"message": "Deal moved"}
    (event,) = backend.get_events("deal.stage_changed")
    assert event.metadata == {"user_id": "u1", "company_id": "c1"}


def test_a_task_subscribes(backend, monkeypatch):
    sent = []
    package(monkeypatch, "celery", shared_task=lambda task: task)
    run("TASK", send_congratulations_email=sent.append).process_deal_events()
    for kind in ("deal.lost", "deal.won"):
        get_event_bus().publish(Event(kind, {"deal_id": "d1"}), topics=["deals"])
    assert sent == ["d1"]


def test_the_unit_test():
    run("UNIT_TEST").test_event_publishing()


def test_the_integration_test(backend, monkeypatch):
    moves = view(monkeypatch)
    client = SimpleNamespace(post=lambda path, body: moves.move(REQUEST))
    test = run("INTEGRATION_TEST", client=client, stage=SimpleNamespace(id="s1"))
    test.test_deal_move_publishes_event()
    assert backend.get_events() == []
    assert get_event_bus().backend is backend


def test_an_asynchronous_handler():
    seen = []

    async def process_large_dataset(data):
        seen.append(data)

    bus = EventBus()
    run("ASYNC_HANDLER", bus=bus, process_large_dataset=process_large_dataset)
    bus.publish(Event("data.imported", {"rows": 3}), topics=["data_import"])
    assert seen == [{"rows": 3}]


def test_batches():
    backend = run("BATCH").BatchEventBackend(batch_size=2)
    EventBus(backend).publish(Event("deal.won", {}), topics=["deals"])
    assert len(backend.batch) == 1
    EventBus(backend).publish(Event("deal.won", {}), topics=["deals"])
    assert backend.batch == []


def test_redis():
    made = run("REDIS", redis=SimpleNamespace(from_url=Redis))
    backend = made.RedisEventBackend("redis://cache")
    EventBus(backend).publish(Event("deal.won", {}), topics=["deals"])
    assert [channel for channel, _ in backend.redis.published] == ["crm:events:deals"]


def test_websocket():
    sent = []
    manager = SimpleNamespace(broadcast=lambda *sending: sent.append(sending))
    event = Event("deal.won", {"deal_id": "d1"})
    EventBus(run("WEBSOCKET").WebSocketEventBackend(manager)).publish(event, topics=["deals"])
    assert sent == [("deals", {"type": "event", "event": event.to_dict()})]


def test_what_the_troubleshooting_prints(backend, capsys):
    get_event_bus().subscribe("deals", print)
    run("SHOWN_BACKEND", "SHOWN_SUBSCRIBERS")
    assert capsys.readouterr().out == "Backend: InMemoryEventBackend\nSubscribers for 'deals': 1\n"


def test_monitoring(caplog):
    caplog.set_level(logging.INFO)
    backend = run("MONITORED", logger=logging.getLogger("shop")).MonitoredBackend()
    EventBus(backend).publish(Event("deal.won", {}), topics=["deals"])
    assert "Event published: deal.won" in caplog.text


def test_every_block_runs():
    here = Path(__file__).read_text()
    assert len(BLOCKS) == 23
    assert [name for name in BLOCKS if f'"{name}"' not in here] == []
