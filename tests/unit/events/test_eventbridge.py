"""Publishing to EventBridge: chunks, receipts, resending what failed and only that."""

from __future__ import annotations

import json

import pytest

from shared.events import EntityRef, Event
from shared.events.backends import EventNotPublishedError
from shared.events.backends.eventbridge import EventBridgeBackend


class Bridge:
    """`put_events` that fails the events it is told to, as often as it is told to."""

    def __init__(self, failures=None):
        self.calls = []
        self.failures = failures or {}

    def put(self, Entries):
        self.calls.append([e["DetailType"] for e in Entries])
        return {"Entries": [self._one(e["DetailType"]) for e in Entries]}

    def _one(self, name):
        if self.failures.get(name, 0) > 0:
            self.failures[name] -= 1
            return {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        return {"EventId": "x"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("shared.events.backends.eventbridge.time.sleep", lambda seconds: None)


def _events(count, size=10):
    return [Event(f"e.{n}", {"text": "x" * size}) for n in range(count)]


def test_ten_entries_a_call_in_order():
    bridge = Bridge()
    events = _events(23)
    receipt = EventBridgeBackend("bus", bridge.put).publish_all(events)
    assert [len(c) for c in bridge.calls] == [10, 10, 3]
    assert list(receipt.published) == events


def test_large_events_make_smaller_calls():
    bridge = Bridge()
    EventBridgeBackend("bus", bridge.put).publish_all(_events(4, size=100_000))
    assert [len(c) for c in bridge.calls] == [2, 2]


def test_only_failed_entries_are_sent_again():
    bridge = Bridge({"e.1": 2})
    receipt = EventBridgeBackend("bus", bridge.put).publish_all(_events(3))
    assert bridge.calls == [["e.0", "e.1", "e.2"], ["e.1"], ["e.1"]]
    assert not receipt.failed


def test_what_stays_refused_is_in_the_receipt():
    bridge = Bridge({"e.1": 99})
    receipt = EventBridgeBackend("bus", bridge.put).publish_all(_events(3))
    assert [e.event_type for e in receipt.published] == ["e.0", "e.2"]
    assert [(e.event_type, why) for e, why in receipt.failed] == [
        ("e.1", "ThrottlingException: slow down")
    ]
    assert len(bridge.calls) == 4


def test_a_bus_that_is_away():
    def put(Entries):
        raise ConnectionError

    backend = EventBridgeBackend("bus", put)
    assert len(backend.publish_all(_events(2)).failed) == 2
    with pytest.raises(EventNotPublishedError, match="ConnectionError"):
        backend.publish(Event("a", {}))


def test_one_event():
    bridge = Bridge()
    EventBridgeBackend("bus", bridge.put).publish(Event("a", {}))
    assert bridge.calls == [["a"]]


class HalfABatch:
    """A bus that throttles half of each batch, the second half, and notes what it took."""

    def __init__(self):
        self.calls, self.taken = [], []

    def put(self, Entries):
        self.calls.append(len(Entries))
        taken = Entries[: -(-len(Entries) // 2)]
        self.taken += [json.loads(entry["Detail"])["id"] for entry in taken]
        refused = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        return {"Entries": [{"EventId": "x"} if e in taken else refused for e in Entries]}


def _of_leads(leads, each):
    return [
        Event("lead.updated", {}, tenant="t", entity=EntityRef("lead", str(lead)), sequence=number)
        for number in range(1, each + 1)
        for lead in range(leads)
    ]


def test_a_bus_that_throttles_half_of_each_batch_gets_every_event_once_and_in_order():
    bridge, events = HalfABatch(), _of_leads(leads=7, each=5)
    receipt = EventBridgeBackend("bus", bridge.put).publish_all(events)
    assert list(receipt.published) == events
    assert sorted(bridge.taken) == sorted(event.id for event in events)
    place = {event_id: place for place, event_id in enumerate(bridge.taken)}
    for lead in range(7):
        own = [place[e.id] for e in events if e.entity.id == str(lead)]
        assert own == sorted(own)
    assert bridge.calls == [7, 3, 1] * 5


def test_what_stands_behind_a_refused_event_of_its_entity_stays_behind():
    first, second, other = [*_of_leads(1, 2), Event("other", {})]

    def put(Entries):
        refused = {"ErrorCode": "InternalFailure", "ErrorMessage": "no"}
        return {"Entries": [refused if e["DetailType"] != "other" else {} for e in Entries]}

    receipt = EventBridgeBackend("bus", put).publish_all([first, second, other])
    assert receipt.published == (other,)
    assert receipt.failed == (
        (first, "InternalFailure: no"), (second, "waits for an earlier event of lead/0"),
    )  # fmt: skip
