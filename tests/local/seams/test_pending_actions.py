"""Actions that wait, in the laptop's DynamoDB: one of many who confirm at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.assistant.pending import ActionGoneError, PendingAction, TablePendings, WaitingLead
from shared.identity.principal import Principal
from shared.platform.clock import utc_now
from shared.platform.dynamo import DynamoTables

JO = Principal("acme", "jo", "admin")


def action(number: int = 1, age: timedelta = timedelta()) -> PendingAction:
    given = {"lead_id": "l", "value": 1.5, "none": None}
    leads = (WaitingLead("l", "Ann", 3),)
    asked = "Delete?"
    return PendingAction(f"act_{number}", "delete_lead", given, leads, asked, "t", utc_now() - age)


@pytest.fixture
def pendings(table) -> TablePendings:
    return TablePendings(DynamoTables(), "t")


def test_it_is_read_as_it_was_stored(pendings):
    stored = action()
    pendings.ask(JO, "s", stored)
    assert pendings.read(JO, "s") == stored
    assert pendings.read(Principal("acme", "eve", "admin"), "s") is None
    assert pendings.read(Principal("other", "jo", "admin"), "s") is None
    assert pendings.read(JO, "s2") is None
    pendings.ask(JO, "s", action(2))
    assert pendings.read(JO, "s").action_id == "act_2"
    pendings.drop(JO, "s")
    assert pendings.read(JO, "s") is None
    pendings.ask(JO, "s", action(3, timedelta(minutes=10)))
    assert pendings.read(JO, "s") is None


def test_one_of_eight_takes_it(pendings):
    stored = action()
    pendings.ask(JO, "s", stored)

    def take(_):
        try:
            return pendings.turn(JO, "s", stored, "taken", "") is not None
        except ActionGoneError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
