"""Ranks: any sequence of moves gives the order that was asked for, and keys stay short."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crm.board import Board
from shared.crm.lead import NewLead, StatusUpdate
from shared.crm.leads import Caller, Leads
from shared.crm.rank import rank_between
from shared.identity.principal import Principal
from tests.fakes.tables import MemoryTables

ME = Caller(Principal("acme", "jo", "admin"), "r")


@given(st.lists(st.integers(0, 10**6), max_size=120))
def test_an_insert_stands_where_it_was_put(positions):
    column: list[str] = []
    for wish in positions:
        at = wish % (len(column) + 1)
        before = column[at - 1] if at else None
        after = column[at] if at < len(column) else None
        rank = rank_between(before, after)
        assert (before is None or before < rank) and (after is None or rank < after)
        column.insert(at, rank)
    assert column == sorted(column)


def test_a_thousand_inserts_into_one_gap():
    low, high = rank_between(None, None), None
    for _ in range(1_000):
        high = rank_between(low, high)
    assert len(high) < 400


def test_appending_stays_short():
    last = None
    for _ in range(2_000):
        last = rank_between(last, None)
    assert len(last) <= 6


def test_two_neighbours_of_one_rank():
    rank = rank_between(None, None)
    assert rank_between(rank, rank) > rank


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 8)), max_size=12))
def test_any_moves_give_the_order_of_a_list(moves):
    leads = Leads(MemoryTables(), "crm", "inbox")
    made = [leads.create(ME, NewLead(name=str(n))) for n in range(6)]
    order = [lead.id for lead in made]
    for which, to in moves:
        lead_id = made[which].id
        moved = leads.move(ME, lead_id, StatusUpdate(status="Interest", card_order=to))
        order.remove(lead_id)
        order.insert(min(to, 6) - 1, lead_id)
        assert moved.card_order == min(to, 6)
        column = leads.board.column("acme", "Interest").cards
        assert [c.id for c in column] == order
        assert [c.card_order for c in column] == list(range(1, 7))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["create", "win", "back", "delete"]), max_size=25))
def test_totals_are_what_the_columns_hold(steps):
    tables = MemoryTables()
    leads = Leads(tables, "crm", "inbox")
    alive: list[str] = []
    for step in steps:
        if step == "create":
            alive.append(leads.create(ME, NewLead(name="x")).id)
        elif alive and step == "delete":
            leads.delete(ME, alive.pop(0))
        elif alive:
            status = "Closed win" if step == "win" else "Interest"
            leads.move(ME, alive[len(alive) // 2], StatusUpdate(status=status))
    board = Board(tables, "crm")
    for status in ("Interest", "Closed win"):
        assert board.total("acme", status) == len(board.column("acme", status).cards)
