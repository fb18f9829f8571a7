"""Seed 002's endpoints: shapes, statuses, words."""

from __future__ import annotations

import pytest

from shared.crm.lead import STATUSES
from shared.events.catalog import lookup


def test_a_created_lead_is_answered_whole(crm):
    answer = crm.call(
        "POST", "/leads/", json={"name": "Jane", "value": 75000, "status": "Interest"}
    )
    lead = answer.json()
    assert answer.status_code == 201
    assert lead["value"] == 75000.0
    assert lead["card_order"] == 1
    assert lead["qualification"] == "new"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/leads/{lead['id']}/"


@pytest.mark.parametrize("path", ["/leads", "/leads/"])
def test_the_board_has_every_column_in_order(crm, path):
    crm.create(status="Closed win")
    board = crm.call("GET", path).json()
    assert tuple(board) == STATUSES
    assert [len(cards) for cards in board.values()] == [0, 0, 0, 1, 0]


def test_positions_count_from_one_in_the_order_of_creation(crm):
    names = ["a", "b", "c"]
    assert [crm.create(name)["card_order"] for name in names] == [1, 2, 3]
    assert crm.column() == names


def test_a_lead_created_with_a_wish_stands_there(crm):
    crm.create("a"), crm.create("b")
    assert crm.create("first", card_order=1)["card_order"] == 1
    assert crm.column() == ["first", "a", "b"]


def test_read_update_delete(crm):
    lead = crm.create()
    path = f"/leads/{lead['id']}/"
    assert crm.call("GET", path).json() == lead
    updated = crm.call("PUT", path, json={"company": "Acme"}).json()
    assert (updated["company"], updated["name"], updated["version"]) == ("Acme", "Jane Doe", 2)
    assert crm.call("DELETE", path).status_code == 204
    assert crm.call("GET", path).status_code == 404
    assert crm.call("DELETE", path).json()["error"] == "Lead not found"


def test_a_client_may_send_back_the_lead_as_it_got_it(crm):
    lead = crm.create()
    answer = crm.call("PUT", f"/leads/{lead['id']}", json={**lead, "notes": "called"})
    assert answer.status_code == 200
    assert answer.json()["notes"] == "called"


def test_a_field_set_to_null_is_cleared(crm):
    lead = crm.create(company="Acme")
    crm.call("PUT", f"/leads/{lead['id']}", json={"company": None})
    assert crm.call("GET", f"/leads/{lead['id']}").json()["company"] is None


def test_an_update_that_changes_nothing_is_no_event(crm):
    lead = crm.create()
    same = crm.call("PUT", f"/leads/{lead['id']}", json={"name": lead["name"]}).json()
    assert same["version"] == 1


def test_a_card_moves_to_the_end_of_a_column(crm):
    first, second = crm.create("a"), crm.create("b")
    for lead in (first, second):
        body = {"status": "Meeting booked"}
        assert crm.call("PUT", f"/leads/{lead['id']}/status/", json=body).status_code == 200
    assert crm.column("Meeting booked") == ["a", "b"]
    assert crm.column() == []


@pytest.mark.parametrize(
    ("card", "to", "order"),
    [("a", 3, "bcad"), ("d", 1, "dabc"), ("b", 2, "abcd"), ("a", 99, "bcda"), ("c", 2, "acbd")],
)
def test_a_card_moves_within_its_column(crm, card, to, order):
    leads = {name: crm.create(name) for name in "abcd"}
    body = {"status": "Interest", "card_order": to}
    moved = crm.call("PUT", f"/leads/{leads[card]['id']}/status", json=body).json()
    assert "".join(crm.column()) == order
    assert moved["card_order"] == order.index(card) + 1


def test_moving_one_card_writes_no_other(crm):
    leads = [crm.create(name) for name in "abc"]
    versions = {i["id"]: i["version"] for i in crm.tables.all("crm") if i["sk"] == "state"}
    body = {"status": "Interest", "card_order": 1}
    crm.call("PUT", f"/leads/{leads[2]['id']}/status", json=body)
    after = {i["id"]: i["version"] for i in crm.tables.all("crm") if i["sk"] == "state"}
    assert [i for i in after if after[i] != versions[i]] == [leads[2]["id"]]


def test_totals_and_cursors_lead_through_a_long_column(crm):
    for number in range(7):
        crm.create(str(number))
    seen, cursor = [], None
    while True:
        params = {"status": "Interest", "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = crm.call("GET", "/leads/", params=params)
        seen += [(c["name"], c["card_order"]) for c in page.json()["Interest"]]
        assert page.headers["X-Board-Totals"] == '{"Interest": 7}'
        import json

        cursor = json.loads(page.headers["X-Board-Cursors"]).get("Interest")
        if cursor is None:
            break
    assert seen == [(str(n), n + 1) for n in range(7)]


def test_the_timeline_is_every_event_in_order(crm):
    lead = crm.create(email="jane@example.com")
    crm.call("PUT", f"/leads/{lead['id']}", json={"value": 10, "status": "Closed win"})
    crm.call("DELETE", f"/leads/{lead['id']}")
    entries = crm.call("GET", f"/leads/{lead['id']}/timeline/").json()["entries"]
    assert [(e["sequence"], e["type"]) for e in entries] == [
        (1, "lead.created"),
        (2, "lead.updated"),
        (3, "lead.status_changed"),
        (4, "lead.deleted"),
    ]
    assert entries[0]["actor"] == "jo"
    for entry in entries:
        lookup(entry["type"]).check(entry["data"])


def test_a_timeline_is_paged_by_cursor(crm):
    lead = crm.create()
    for value in range(1, 5):
        crm.call("PUT", f"/leads/{lead['id']}", json={"value": value})
    path = f"/leads/{lead['id']}/timeline"
    first = crm.call("GET", path, params={"limit": 3}).json()
    rest = crm.call("GET", path, params={"limit": 3, "cursor": first["cursor"]}).json()
    assert [e["sequence"] for e in first["entries"] + rest["entries"]] == [1, 2, 3, 4, 5]
    assert rest["cursor"] is None


@pytest.mark.parametrize("path", ["/test/", "/test", "/health", "/health/"])
def test_health_needs_nobody(crm, path):
    assert crm.call("GET", path, tenant=None).status_code == 200


def test_every_write_leaves_its_event_pending_in_the_same_transaction(crm):
    before = crm.tables.transactions
    crm.create()
    assert crm.tables.transactions == before + 1
    assert [i["type"] for i in crm.tables.all("crm") if "pending_pk" in i] == ["lead.created"]
