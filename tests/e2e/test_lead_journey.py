"""A lead travels the whole system."""

from __future__ import annotations

import json

import pytest
import requests

pytestmark = pytest.mark.xdist_group("platform")


def test_the_example_of_the_seed_runs_unchanged(running):
    """Seed 002, "Creating a Lead", but for the address of this test's own platform."""
    url = f"{running.url}/leads/"
    data = {
        "name": "Jane Doe",
        "company": "Example Corp",
        "email": "jane@example.com",
        "phone": "+1-555-0199",
        "value": 75000,
        "status": "Interest",
        "source": "Website",
    }

    response = requests.post(url, json=data)
    lead = response.json()
    assert response.status_code == 201
    assert lead["name"] == "Jane Doe"

    (entry,) = running.eventually(lambda: running.completed(lead["id"]))
    trace = entry["data"]["trace"]
    assert [step["node"] for step in trace] == ["analyze", "decide", "invoice"]
    assert trace[1]["route"] == "invoice"
    assert entry["data"]["result"]["analysis"]["expected_value"] == "75000"
    read = running.get(f"/leads/{lead['id']}/")
    assert read["pipelines"]["lead_pipeline"]["invoice"]["status"] == "draft"
    assert [e["sequence"] for e in running.events(lead["id"])] == [1, 2]


def test_an_answer_is_sent_by_mail_once(running):
    lead = running.create(name="Ann", email="ann@example.com")
    (entry,) = running.eventually(lambda: running.completed(lead["id"]))
    assert entry["data"]["result"]["email_sent"]["status"] == "sent"
    running.http.put(f"{running.url}/leads/{lead['id']}/", json={"notes": "called"})
    running.eventually(lambda: len(running.completed(lead["id"])) == 2)
    again = running.completed(lead["id"])[1]
    assert again["data"]["result"]["email_sent"]["status"] == "sent_before"


def test_an_outside_source_starts_the_same_pipeline(running):
    detail = json.dumps({"name": "Out Side", "value": 60_000})
    entry = {
        "EventBusName": "millrace",
        "Source": "demo.website",
        "DetailType": "process_lead",
        "Detail": detail,
    }
    answer = running.aws("events").put_events(Entries=[entry])
    event_id = answer["Entries"][0]["EventId"]
    path = f"/pipelines/lead_pipeline/runs/{event_id}/"

    def found():
        response = running.http.get(running.url + path)
        return response.json() if response.ok else None

    run = running.eventually(found)
    assert (run["source"], run["status"]) == ("demo.website", "completed")
    assert run["result"]["invoice"]["amount"] == "60000"


def test_an_unregistered_source_is_refused_and_kept(running):
    entry = {
        "EventBusName": "millrace",
        "Source": "nobody.knows",
        "DetailType": "process_lead",
        "Detail": json.dumps({"name": "X"}),
    }
    event_id = running.aws("events").put_events(Entries=[entry])["Entries"][0]["EventId"]
    table = running.platform.table("QuarantineTable")
    key = {"pk": {"S": "-"}, "sk": {"S": f"{event_id}:lead_pipeline"}}
    item = running.eventually(
        lambda: running.aws("dynamodb").get_item(TableName=table, Key=key).get("Item")
    )
    assert "not registered" in item["error"]["S"]


def test_without_credentials_from_another_page_or_host(running):
    foreign = running.http.get(f"{running.url}/leads/", headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, foreign.json()) == (401, {"message": "Unauthorized"})
    rebound = running.http.get(f"{running.url}/leads/", headers={"Host": "evil.example"})
    assert rebound.status_code == 401
    forged = running.http.get(f"{running.url}/leads/", headers={"Authorization": "Bearer a.b.c"})
    assert (forged.status_code, forged.json()) == (403, {"message": "Forbidden"})
    dev = running.http.get(f"{running.url}/leads/", headers={"Origin": "http://localhost:3000"})
    assert dev.status_code == 200
    assert dev.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


def test_preflight_and_health_need_no_credentials(running):
    ask = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "PUT"}
    assert running.http.options(f"{running.url}/leads/", headers=ask).status_code == 200
    assert running.http.get(f"{running.url}/health").json()["status"] == "ok"
    assert running.http.get(f"{running.url}/test/").json()["status"] == "success"


def test_bad_requests_over_the_wire(running):
    answer = running.http.post(f"{running.url}/leads/", data="{")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["error"] == "Failed to create lead"
    huge = running.http.post(f"{running.url}/leads/", json={"name": "x", "notes": "y" * 2_000_000})
    assert huge.status_code == 413


def test_moves_and_versions_over_the_wire(running):
    lead = running.create(name="Mover")
    url = f"{running.url}/leads/{lead['id']}"
    moved = running.http.put(f"{url}/status/", json={"status": "Proposal sent", "card_order": 1})
    assert moved.json()["status"] == "Proposal sent"
    stale = running.http.put(url, json={"value": 1}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
