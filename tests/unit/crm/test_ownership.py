"""Who may change a lead that somebody owns."""

from __future__ import annotations

import pytest


def change(crm, lead, role, subject):
    path = f"/leads/{lead['id']}/"
    return crm.call("PUT", path, json={"notes": role}, role=role, subject=subject)


def test_whoever_adds_a_lead_owns_it(crm):
    lead = crm.create()
    assert lead["owner_id"] == "jo"
    answer = crm.call("PUT", f"/leads/{lead['id']}/", json={"owner_id": "me", "value": 1})
    assert answer.json()["owner_id"] == "jo", "read only: it is not looked at"


@pytest.mark.parametrize(
    ("role", "subject", "status"),
    [
        ("admin", "someone", 200),
        ("manager", "someone", 200),
        ("sales_rep", "someone", 403),
        ("sales_rep", "jo", 200),
        ("user", "jo", 403),
    ],
)
def test_who_may_change_it(crm, role, subject, status):
    lead = crm.create()
    answer = change(crm, lead, role, subject)
    assert answer.status_code == status
    moved = {"status": "Closed win"}
    path = f"/leads/{lead['id']}/status/"
    assert crm.call("PUT", path, json=moved, role=role, subject=subject).status_code == status
    assert crm.call("GET", f"/leads/{lead['id']}/", role=role, subject=subject).status_code == 200


def test_what_nobody_owns_is_everybodys(crm):
    lead = crm.create()
    for item in crm.tables.all("crm"):
        item.pop("owner_id", None)
    assert change(crm, lead, "sales_rep", "someone").status_code == 200


def test_a_stranger_learns_no_version_from_a_refusal(crm):
    lead = crm.create()
    answer = crm.call(
        "PUT", f"/leads/{lead['id']}/", json={"value": 1}, headers={"If-Match": '"99"'},
        role="sales_rep", subject="someone",
    )  # fmt: skip
    assert answer.status_code == 403
    assert "ETag" not in answer.headers
