"""The bus of a process (seed 004), with the defects of its origin shown absent."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import pytest

from shared.events import Event, EventBus, get_event_bus, publish_event, set_event_bus
from shared.events.backends import (
    EventBackend,
    EventNotPublishedError,
    InMemoryEventBackend,
    NoOpEventBackend,
)
from shared.events.patterns import InvalidPatternError


def test_published_events_are_kept_by_type():
    backend = InMemoryEventBackend()
    bus = EventBus(backend)
    bus.publish(Event("test.event", {"key": "value"}), topics=["test"])
    bus.publish(Event("other", {}))
    assert [e.data["key"] for e in backend.get_events("test.event")] == ["value"]
    assert len(backend.get_events()) == 2
    backend.clear()
    assert backend.get_events() == []


def test_subscribers_are_called_even_without_a_backend():
    seen = []
    bus = EventBus(NoOpEventBackend())
    bus.subscribe("deals", seen.append)
    bus.publish(Event("deal.won", {}), topics=["deals"])
    assert len(seen) == 1


def test_a_handler_on_two_matching_topics_is_called_once():
    seen = []
    bus = EventBus()
    bus.subscribe("a", seen.append)
    bus.subscribe("b", seen.append)
    bus.subscribe("a", seen.append)
    bus.publish(Event("x", {}), topics=["a", "b"])
    assert len(seen) == 1


def test_no_topics_are_the_types_own():
    leads, others = [], []
    bus = EventBus()
    bus.subscribe("leads", leads.append)
    bus.subscribe("deals", others.append)
    bus.publish(Event("lead.created", {}))
    bus.publish(Event("lead.created", {}), topics=[])
    assert (len(leads), len(others)) == (2, 0)


def test_an_unknown_type_has_its_entity_as_topic():
    seen = []
    bus = EventBus()
    bus.subscribe("invoice", seen.append)
    bus.publish(Event("invoice.paid", {}))
    assert len(seen) == 1


def test_asynchronous_handlers_are_awaited():
    seen = []

    async def handler(event):
        await asyncio.sleep(0)
        seen.append(event)

    bus = EventBus()
    bus.subscribe("t", handler)
    bus.publish(Event("x", {}), topics=["t"])
    assert len(seen) == 1

    async def inside():
        bus.publish(Event("y", {}), topics=["t"])
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(inside())
    assert len(seen) == 2


def test_a_failing_handler_stops_no_other(caplog):
    seen = []

    def fail(event):
        raise ValueError("no")

    async def fail_later(event):
        raise ValueError("later")

    bus = EventBus()
    for handler in (fail, fail_later, seen.append, partial(seen.append)):
        bus.subscribe("t", handler)
    bus.publish(Event("x", {}), topics=["t"])
    assert len(seen) == 2
    assert "subscriber failed" in caplog.text


def test_subscribing_inside_a_handler():
    bus = EventBus()
    bus.subscribe("t", lambda event: bus.subscribe("t", lambda e: None))
    bus.publish(Event("x", {}), topics=["t"])


def test_who_leaves_while_an_event_is_told_is_not_called_any_more():
    seen = []
    bus = EventBus()
    bus.subscribe("t", lambda event: bus.unsubscribe("t", seen.append))
    bus.subscribe("t", seen.append)
    bus.publish(Event("x", {}), topics=["t"])
    assert seen == []


def test_who_comes_while_an_event_is_told_hears_the_next():
    seen = []
    bus = EventBus()
    bus.subscribe("t", lambda event: bus.subscribe("t", seen.append))
    bus.publish(Event("x", {}), topics=["t"])
    assert seen == []
    bus.publish(Event("y", {}), topics=["t"])
    assert [event.event_type for event in seen] == ["y"]


def test_the_callers_metadata_and_data_stay_as_they_are():
    metadata, data = {"user_id": "u1"}, {"deal_id": "d1"}
    event = publish_event("deal.won", data, ["deals"], metadata)
    assert (metadata, data) == ({"user_id": "u1"}, {"deal_id": "d1"})
    data["deal_id"] = metadata["user_id"] = "other"
    assert (event.data["deal_id"], event.metadata["user_id"]) == ("d1", "u1")


def test_callable_objects_and_partials_are_handlers(caplog):
    @dataclass
    class Counter:  # equal by value, and so without a hash
        seen: int = 0

        def __call__(self, event):
            self.seen += 1
            raise ValueError("no")

    counter, names = Counter(), []
    bus = EventBus()
    for topic in ("a", "b"):
        bus.subscribe(topic, counter)
        bus.subscribe(topic, partial(lambda names, event: names.append(event), names))
    bus.publish(Event("x", {}), topics=["a", "b"])
    assert (counter.seen, len(names)) == (1, 2)
    assert "Counter" in caplog.text


def test_an_asynchronous_handler_that_hangs_is_given_up(caplog):
    async def hang(event):
        await asyncio.Event().wait()

    seen = []
    bus = EventBus(patience=0.01)
    bus.subscribe("t", hang)
    bus.subscribe("t", seen.append)
    bus.publish(Event("x", {}), topics=["t"])
    assert len(seen) == 1
    assert "hang" in caplog.text


def test_asynchronous_handlers_in_a_loop_can_be_waited_for(caplog):
    seen = []

    async def handler(event):
        await asyncio.sleep(0)
        seen.append(event)
        raise ValueError("after")

    async def publisher():
        bus = EventBus()
        bus.subscribe("t", handler)
        bus.publish(Event("x", {}), topics=["t"])
        assert seen == []
        await bus.settled()

    asyncio.run(publisher())
    assert len(seen) == 1
    assert "subscriber failed" in caplog.text


def test_a_filter_chooses_and_a_transform_shapes():
    seen = []
    bus = EventBus()
    bus.subscribe(
        "leads", seen.append, where={"data": {"score": [{"numeric": [">", 80]}]}},
        transform=lambda event: replace(event, data={"score": event.data["score"] * 10}),
    )  # fmt: skip
    for score in (80, 81):
        bus.publish(Event("lead.qualified", {"score": score}))
    assert [event.data["score"] for event in seen] == [810]


def test_a_transform_may_keep_an_event_back():
    seen = []
    bus = EventBus()
    bus.subscribe("a", seen.append, transform=lambda event: None)
    bus.subscribe("b", seen.append)
    bus.publish(Event("x", {}), topics=["a", "b"])
    assert len(seen) == 1


def test_a_filter_that_does_not_parse_names_its_key():
    bus = EventBus()
    with pytest.raises(InvalidPatternError, match=r"data.score.numeric"):
        bus.subscribe("t", print, where={"data": {"score": [{"numeric": ["!", 1]}]}})
    assert bus._subscribers == {}


def test_what_a_backend_raises_is_told_as_not_published():
    class Down(EventBackend):
        def publish(self, event, topics=None):
            raise ConnectionError("refused")

    with pytest.raises(EventNotPublishedError, match=r"Down.*refused"):
        EventBus(Down()).publish(Event("x", {}))


def test_topics_are_no_text():
    with pytest.raises(TypeError, match=r"write topics=\['deals'\]"):
        EventBus().publish(Event("deal.won", {}), topics="deals")


def test_subscribing_and_publishing_in_many_threads():
    bus, seen = EventBus(), []

    def work(number):
        for _ in range(100):
            handler = partial(lambda event: None)
            bus.subscribe("t", handler)
            bus.publish(Event(f"x.{number}", {}), topics=["t"])
            bus.unsubscribe("t", handler)

    bus.subscribe("t", seen.append)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert len(seen) == 800
    assert len(bus._subscribers["t"]) == 1


def test_unsubscribing():
    seen = []
    bus = EventBus()
    bus.subscribe("t", seen.append)
    bus.unsubscribe("t", seen.append)
    bus.unsubscribe("t", print)
    bus.unsubscribe("nothing", print)
    bus.publish(Event("x", {}), topics=["t"])
    assert seen == []


def test_what_the_backend_refuses_nobody_is_told():
    class Broken(EventBackend):
        def publish(self, event, topics=None):
            raise EventNotPublishedError("down")

    seen = []
    bus = EventBus(Broken())
    bus.subscribe("t", seen.append)
    with pytest.raises(EventNotPublishedError):
        bus.publish(Event("x", {}), topics=["t"])
    assert seen == []


def test_the_bus_of_the_process():
    backend = InMemoryEventBackend()
    before = set_event_bus(EventBus(backend))
    try:
        publish_event("lead.converted", {"lead_id": "1"}, topics=["leads"], metadata={"a": 1})
        assert get_event_bus().backend.get_events("lead.converted")[0].metadata == {"a": 1}
    finally:
        set_event_bus(before)
