"""Event triggers tried over HTTP: would this event start the draft?"""

from __future__ import annotations

import pytest

from tests.unit.workflows.building import Api

FILTER = {"data": {"value": [{"numeric": [">", 50_000]}]}}


@pytest.fixture
def api():
    return Api()


def drawn(api, **config):
    trigger = {"id": "in", "type": "event-trigger", "config": {"event_types": ["lead.*"], **config}}
    made = api.create(definition={"nodes": [trigger], "edges": []})
    return f"/workflows/{made['id']}/triggers/test/"


def test_a_sample_of_the_type_is_tried_unless_data_is_told(api):
    where = drawn(api, filter=FILTER)
    told = api.post(where, {"type": "business_lead_created"})
    assert (told["starts"], told["nodes"]) == (True, ["in"])
    assert (told["event"]["type"], told["event"]["data"]["value"]) == ("lead.created", 75_000)
    small = {"lead_id": "1", "name": "Ann", "value": 5}
    assert not api.post(where, {"type": "lead.created", "data": small})["starts"]
    assert not api.post(where, {"type": "deal.won"})["starts"]
    assert api.get("/executions/")["executions"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [({"type": "lead.exploded"}, "type"), ({"type": "lead.created", "data": {"a": 1}}, "data")],
)
def test_an_event_that_cannot_be_is_refused(api, body, field):
    told = api.post(drawn(api), body, 400)
    assert told["errors"][0]["field"] == field


def test_a_draft_that_cannot_run_says_what_is_wrong(api):
    told = api.post(drawn(api, filter={"data": "x"}), {"type": "lead.created"}, 422)
    assert "filter" in str(told)
    assert api.post(
        drawn(api).replace("/workflows/", "/workflows/x"), {"type": "lead.created"}, 404
    )
