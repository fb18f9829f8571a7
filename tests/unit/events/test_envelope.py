"""The envelope: what goes out comes back, and what is none is refused by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import EntityRef, Event
from shared.events.envelope import NotAnEventError, from_wire

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
_objects = st.dictionaries(st.text(max_size=8), _json, max_size=4)


@given(
    data=_objects,
    metadata=_objects,
    sequence=st.none() | st.integers(1, 10**9),
    entity=st.none() | st.builds(EntityRef, st.just("lead"), st.text("abc-/", min_size=1)),
    time=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_an_event_survives_the_wire(data, metadata, sequence, entity, time):
    event = Event(
        "lead.created", data, metadata, tenant="t", sequence=sequence, entity=entity, time=time
    )
    assert from_wire(event.to_wire()) == event
    assert from_wire(json.loads(event.to_wire())) == event


def test_the_wire_is_a_cloud_event():
    wire = json.loads(Event("a.b", {}, tenant="t", entity=EntityRef("lead", "1")).to_wire())
    assert {"specversion", "id", "source", "type", "time", "subject", "data"} <= wire.keys()
    assert wire["specversion"] == "1.0"
    assert all(name.isalnum() and name.islower() for name in wire)


def test_times_of_other_zones_are_the_same_moment():
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert from_wire(Event("a", {}, time=noon).to_wire()).time == noon
    assert '"time":"2026-01-01T10:00:00.000000Z"' in Event("a", {}, time=noon).to_wire()


def test_a_naive_time_is_no_time():
    with pytest.raises(ValueError, match="timezone"):
        Event("a", {}, time=datetime(2026, 1, 1))


def test_metadata_of_the_caller_is_left_alone():
    metadata = {"user_id": "u"}
    Event("a", {}, metadata)
    assert metadata == {"user_id": "u"}


@pytest.mark.parametrize("missing", ["id", "type", "source", "time", "dataschema", "data"])
def test_a_missing_attribute_is_named(missing):
    wire = json.loads(Event("a", {}).to_wire())
    del wire[missing]
    with pytest.raises(NotAnEventError, match=missing):
        from_wire(wire)


@pytest.mark.parametrize(
    "detail",
    ["", "[]", "null", "7", "{", '{"id": 1}']
    + [
        json.dumps(json.loads(Event("a", {}).to_wire()) | change)
        for change in (
            {"dataschema": "x"},
            {"time": "yesterday"},
            {"data": []},
            {"subject": "nothing"},
            {"sequence": "first"},
        )
    ],
)
def test_what_is_no_event_is_refused(detail):
    with pytest.raises(NotAnEventError):
        from_wire(detail)


def test_to_dict_is_the_short_form():
    event = Event("deal.won", {"deal_id": "1"}, {"user_id": "u"})
    assert event.to_dict().keys() == {"id", "event_type", "data", "metadata", "timestamp"}
