"""Claims and seals bring back what was given, and nothing that was changed or is another's."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Event
from shared.events.claims import Claims, WrongClaimError, wire_bytes
from shared.events.data_keys import DataKeys, ForgottenKeyError
from shared.events.envelope import from_wire, part
from shared.events.sealing import BrokenSealError, Seals
from tests.fakes.ports import MemoryBlobs, MemoryKms
from tests.fakes.tables import MemoryTables

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
DATA = st.dictionaries(TEXT, VALUES, max_size=6)


@given(DATA, st.integers(0, 5_000))
def test_what_was_left_comes_back_and_stays_small_on_the_wire(data, more):
    claims = Claims(MemoryBlobs())
    event = Event("process_lead", {**data, "notes": "ü" * more * 20}, tenant="t1")
    kept = claims.keep(event)
    arrived = from_wire(kept.to_wire())
    assert wire_bytes(kept) < 30_000
    assert arrived.data == part(event.data) == part(part(event.data))
    assert claims.redeem(arrived).data == event.data
    assert claims.redeem(arrived).to_wire() == kept.to_wire()


@given(DATA, st.data())
def test_changed_data_is_never_redeemed(data, draw):
    blobs = MemoryBlobs()
    kept = Claims(blobs).keep(Event("process_lead", data, tenant="t1"))
    (name,) = blobs
    at = draw.draw(st.integers(0, len(blobs[name])))
    blobs[name] = blobs[name][:at] + draw.draw(st.sampled_from("xé")) + blobs[name][at:]
    with pytest.raises(WrongClaimError):
        Claims(blobs).redeem(kept)


@given(DATA)
def test_what_was_sealed_comes_back(data):
    seals = _seals()
    event = Event("process_lead", {"name": "Jane", **data}, tenant="t1")
    arrived = from_wire(seals.seal(event).to_wire())
    assert arrived.data == {}, "an open type has nothing that is not personal"
    assert seals.open(arrived).data == event.data


@given(DATA, st.data())
def test_no_bit_of_a_box_can_be_changed(data, draw):
    seals = _seals()
    wire = seals.seal(Event("process_lead", {"name": "Jane", **data}, tenant="t1")).wire()
    box = bytearray(base64.b64decode(wire["sealed"]["box"]))
    box[draw.draw(st.integers(0, len(box) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    wire["sealed"]["box"] = base64.b64encode(bytes(box)).decode()
    with pytest.raises(BrokenSealError):
        seals.open(from_wire(json.dumps(wire)))


@given(DATA, st.sampled_from([{"tenant": "t2"}, {"id": "x"}, {"type": "example_event"}]))
def test_a_box_opens_in_no_other_event(data, change):
    seals = _seals()
    for tenant in ("t1", "t2"):
        wire = seals.seal(Event("process_lead", {"name": "J", **data}, tenant=tenant)).wire()
    seals.seal(Event("process_lead", {"name": "J"}, tenant="t1"))
    change = {"tenant": "t1"} if "tenant" in change else change
    with pytest.raises((BrokenSealError, ForgottenKeyError)):
        seals.open(from_wire(json.dumps({**wire, **change})))


def _seals():
    return Seals(DataKeys(MemoryTables(), "identity", MemoryKms()))
