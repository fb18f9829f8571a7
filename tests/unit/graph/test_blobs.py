"""Large values: where they lie, how often they are written, how much stays at hand."""

from __future__ import annotations

from shared.graph.durable.blobs import MAX_ROW, REMEMBERED, Values
from shared.graph.values import freeze
from tests.engines.comparing import MemoryBlobs


def test_small_values_stay_in_their_row():
    blobs = MemoryBlobs()
    packed = Values(blobs).packed("t", {"a": 1, "b": "x" * 60_000})
    assert packed == {"here": {"a": 1, "b": "x" * 60_000}}
    assert not blobs.texts


def test_the_largest_go_away_until_the_row_is_small_enough():
    blobs = MemoryBlobs()
    given = freeze({"a": "x" * 50_000, "b": "y" * 40_000, "c": [1]})
    packed = Values(blobs).packed("t", given)
    assert set(packed["here"]) == {"b", "c"}
    assert len(str(packed)) < MAX_ROW
    assert Values(blobs).unpacked(packed) == given


def test_many_middling_values_fit_too():
    given = {f"k{i}": "x" * 2_000 for i in range(100)}
    packed = Values(MemoryBlobs()).packed("t", given)
    assert len(str(packed["here"])) <= MAX_ROW * 1.1


def test_equal_values_have_one_name_and_tenants_do_not_share_it():
    blobs = MemoryBlobs()
    for tenant in ("t1", "t1", "t2"):
        Values(blobs).packed(tenant, {"a": "x" * 100_000})
    assert len(blobs.texts) == 2
    values = Values(blobs)
    big = freeze(["x" * 100_000])
    assert values.packed("t1", {"a": big})["away"]["a"].startswith("t1/")
    assert values.packed("t2", {"a": big})["away"]["a"].startswith("t2/")


def test_what_was_read_is_not_written_again():
    blobs = MemoryBlobs()
    packed = Values(blobs).packed("t", {"a": "x" * 100_000})
    values = Values(blobs)
    found = values.unpacked(packed)
    assert values.packed("t", found) == packed
    assert blobs.writes == 1


def test_a_process_keeps_a_bounded_amount_at_hand():
    values = Values(MemoryBlobs())
    for number in range(60):
        values.packed("t", {"a": str(number) + "x" * 1_000_000})
    assert values._size <= REMEMBERED
    assert 0 < len(values._known) < 60
