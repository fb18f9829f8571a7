"""Figures of tenants: gathered in a batch, added with one write, never in the way."""

from __future__ import annotations

from datetime import date

from shared.events.figures import Figures, figures
from shared.events.metrics import Outcome
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

DAY = date(2026, 3, 1)


class CountedTables(MemoryTables):
    """Counts its additions."""

    added = 0

    def add(self, *what):
        self.added += 1
        super().add(*what)


def told(tables):
    return list(figures(tables, "projections", "acme", DAY, DAY))


def test_a_batch_is_one_write_per_consumer_and_type():
    tables = CountedTables()
    counted = Figures(tables, "projections", MovedClock())
    for seconds in (1.0, 2.0, 3.0):
        counted.record("acme", Outcome.DELIVERED, "lead.created", "lead_days", seconds)
    counted.record("acme", Outcome.FAILED, "business_lead_created", "lead_days")
    assert tables.added == 0
    counted.add()
    assert tables.added == 1
    counted.add()
    assert tables.added == 1
    counted.record("acme", Outcome.DELIVERED, "lead.created", "lead_days", 6.0)
    counted.add()
    (row,) = told(tables)
    assert (row.event_type, row.delivered, row.failed, row.mean_seconds) == (
        "lead.created", 4, 1, 3.0,
    )  # fmt: skip


def test_a_table_that_is_away_holds_no_delivery_up():
    class Away(MemoryTables):
        def add(self, *what):
            raise OSError("no table")

    counted = Figures(Away(), "projections", MovedClock())
    counted.record("acme", Outcome.DELIVERED, "lead.created", "lead_days", 1.0)
    counted.add()


def test_days_follow_one_another():
    tables, clock = MemoryTables(), MovedClock()
    counted = Figures(tables, "projections", clock)
    for _ in range(3):
        counted.record("acme", Outcome.PUBLISHED, "lead.created", "event bus", 0.1)
        clock.move(seconds=86_400)
    counted.add()
    found = figures(tables, "projections", "acme", DAY, date(2026, 3, 2))
    assert [row.day for row in found] == ["2026-03-01", "2026-03-02"]
