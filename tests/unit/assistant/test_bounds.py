"""How much a tool looks at and shows, and that it says so."""

from __future__ import annotations

import asyncio
import json

from shared.assistant.reading import looked_at
from shared.assistant.tools.board_summary import MOST_OF_COLUMN
from tests.fakes.assistant import called


def test_what_was_not_looked_at_is_said(world):
    for number in range(5):
        world.add(f"Lead {number}", status="Interest" if number < 3 else "Closed win")
    board = world.leads.board
    some = asyncio.run(looked_at(board, "acme", ["Interest", "Closed win"], 4))
    assert ([lead.name for lead in some.leads], some.whole) == (
        ["Lead 0", "Lead 1", "Lead 2", "Lead 3"], False,
    )  # fmt: skip
    assert some.note() == " among the first 4 leads; name a column to look at fewer"
    assert asyncio.run(looked_at(board, "acme", ["Interest"], 4)).note() == ""


def test_a_long_column_is_counted_whole_and_added_up_in_part(world):
    for number in range(MOST_OF_COLUMN + 1):
        world.add(f"Lead {number}", value="1")
    result = world.say("how much?", "question", called(("board_summary", {})))
    column = result.function_results[0].result["data"]["columns"][0]
    assert column == {
        "status": "Interest", "count": 401, "value": 400.0, "note": "value of the first 400 only",
    }  # fmt: skip


def test_results_stay_small_whatever_leads_hold(world):
    for number in range(30):
        long = f"{'長' * 190}{number}"
        world.add(long, company=long, email=long, phone=long, source=long, notes="n" * 10_000)
    search = called(("search_leads", {"query": "長", "limit": 20}))
    lead = world.leads.board.column("acme", "Interest").cards[0]
    steps = [search, called(("get_lead", {"lead_id": lead.id}))]
    steps += [called(("lead_timeline", {"lead_id": lead.id}))]
    result = world.say("show all", "question", *steps)
    for each in result.function_results:
        assert each.result["success"] is True
        assert len(json.dumps(each.result)) < 10_000
    assert result.function_results[0].result["cursor"]
    told = [m.text for m in world.model.asked[-1].messages if m.role == "tool"]
    assert all(len(text) < 10_000 for text in told)


def test_many_calls_at_once_are_cut_off(world):
    calls = [("search_leads", {"query": "x"})] * 20
    results = world.say("find", "search", called(*calls)).function_results
    assert [each.result["success"] for each in results] == [True] * 16 + [False] * 4
    assert "at most 16 calls at a time" in results[-1].result["message"]


def test_a_bulk_move_takes_fifty_and_says_of_how_many(world):
    for number in range(55):
        world.add(f"Lead {number}")
    given = {"from_status": "Interest", "new_status": "Closed lost"}
    result = world.say("move all", "change", called(("move_leads", given)))
    told = result.function_results[0].result
    assert told["message"].startswith("Move the first 50 of 55 leads to Closed lost: 'Lead 0',")
    assert "and 40 others?" in told["message"]
    assert len(told["data"]["leads"]) == 20
