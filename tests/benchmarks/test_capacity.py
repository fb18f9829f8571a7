"""DynamoDB's published rules of sizes and units, by hand."""

from __future__ import annotations

import pytest

from benchmarks.capacity import Index, read_units, size_of, write_units

BOARD = Index(("board_pk", "board_sk"))


def item(bytes_: int, **more: str) -> dict[str, dict[str, str]]:
    """An item of so many bytes, counted with its attribute `pad`, and further texts beside it."""
    return {"pad": {"S": "x" * (bytes_ - 3)}, **{k: {"S": v} for k, v in more.items()}}


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ({"S": "né"}, 3),
        ({"N": "75000"}, 2),
        ({"N": "-12.5"}, 4),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}, {"NULL": True}]}, 3 + 1 + 2 + 1 + 1),
        ({"M": {"a": {"S": "b"}}}, 3 + 1 + 1 + 1),
    ],
)
def test_a_value_has_the_size_that_dynamodb_says(value, bytes_):
    assert size_of({"name": value}) == 4 + bytes_


@pytest.mark.parametrize(
    ("sizes", "consistent", "units"),
    [
        ([], True, 1),
        ([], False, 0.5),
        ([4096], True, 1),
        ([4000, 97], True, 2),
        ([9000], False, 1.5),
    ],
)
def test_a_read_is_rounded_up_once_to_four_kilobytes(sizes, consistent, units):
    assert read_units(sizes, consistent=consistent) == units


def test_a_write_is_billed_by_the_larger_of_before_and_after():
    assert write_units(item(2000), item(100), [], transaction=False) == 2
    assert write_units(None, item(1024), [], transaction=True) == 2


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item(100), 0),  # not in the index
        (None, item(100, board_pk="a", board_sk="1"), 1),
        (item(100, board_pk="a", board_sk="1"), item(90, board_pk="a", board_sk="1"), 1),
        (item(100, board_pk="a", board_sk="1"), item(100, board_pk="a", board_sk="1"), 0),
        (item(100, board_pk="a", board_sk="1"), item(100, board_pk="b", board_sk="1"), 2),
        (item(100, board_pk="a", board_sk="1"), item(100), 1),
    ],
)
def test_an_index_pays_for_what_changes_in_it_and_is_never_doubled(before, after, units):
    without = write_units(before, after, [], transaction=True)
    assert write_units(before, after, [BOARD], transaction=True) - without == units
