"""Names of states."""

from __future__ import annotations

from shared.graph.asl.names import Names


class Asked(set):  # type: ignore[type-arg]
    """Counts how often it is asked."""

    count = 0

    def __contains__(self, name: object) -> bool:
        self.count += 1
        return super().__contains__(name)


def test_names_are_numbered_without_going_through_all_that_were_given() -> None:
    names = Names()
    names._given = asked = Asked()
    given = [names.give("Step") for _ in range(2_000)]
    assert given[:3] == ["Step", "Step (2)", "Step (3)"]
    assert len(set(given)) == 2_000
    assert asked.count == 2_000


def test_a_number_that_is_taken_is_passed_over() -> None:
    names = Names()
    assert [names.give(wanted) for wanted in ("Step (2)", "Step", "Step")] == [
        "Step (2)", "Step", "Step (3)",
    ]  # fmt: skip
