"""Webhooks out on the running platform: from a lead to a receiver that checks the signature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Running, serving
from tests.webhooks.receiver import Receiver


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("home")
    with serving(home, private_connections=True) as platform:
        yield Running(platform)


def sent(crm: Running, method: str, path: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = crm.http.request(method, f"{crm.url}{path}", json=body, headers=named, timeout=30)
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


def log(crm: Running, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    return crm.get(f"/webhook-endpoints/{endpoint['id']}/deliveries/")["deliveries"]


def test_a_lead_reaches_a_receiver_that_checks_the_signature(crm):
    with Receiver(500, 200) as receiver:
        body = {
            "url": receiver.url,
            "types": ["lead.*"],
            "filter": {"data": {"name": ["Heard"]}},
            "headers": {"X-Token": "s3cr3t-token"},
        }
        once = {"Idempotency_Key": "made-once"}
        endpoint = sent(crm, "POST", "/webhook-endpoints/", body, **once)
        again = sent(crm, "POST", "/webhook-endpoints/", body, **once)
        assert (again["id"], again["secret"]) == (endpoint["id"], None)
        crm.create(name="Not heard")
        lead = crm.create(name="Heard")
        crm.eventually(lambda: len(receiver.seen) >= 2, 60)
        first, second = receiver.verified(endpoint["secret"])
        assert first == second
        assert first["type"] == "lead.created"
        assert first["data"]["lead_id"] == lead["id"]
        ids = {headers["webhook-id"] for headers, _ in receiver.seen}
        assert ids == {first["id"]}
        assert receiver.seen[0][0]["X-Token"] == "s3cr3t-token"

        def delivered() -> Any:
            (one,) = log(crm, endpoint)
            return one if one["status"] == "delivered" else None

        found = crm.eventually(delivered)
        assert [one["status_code"] for one in found["log"]] == [500, 200]
        where = crm.get("/webhook-endpoints/deliveries/", params={"event": first["id"]})
        assert [one["id"] for one in where["deliveries"]] == [found["id"]]

        path = f"/webhook-endpoints/{endpoint['id']}"
        rotated = sent(crm, "POST", f"{path}/rotate/")
        sent(crm, "POST", f"{path}/deliveries/{found['id']}/replay/")
        crm.eventually(lambda: len(receiver.seen) == 3)
        for secret in (endpoint["secret"], rotated["secret"]):
            assert receiver.verified(secret, since=2) == [first]
        sent(crm, "POST", f"{path}/test/", {"type": "deal.won"})
        crm.eventually(lambda: len(receiver.seen) == 4)
        assert json.loads(receiver.seen[3][1])["test"] is True
        (day,) = crm.eventually(lambda: crm.get(f"{path}/stats/")["days"])
        assert day["failed"] == 1
        sent(crm, "DELETE", f"{path}/")
        assert crm.get("/webhook-endpoints/")["endpoints"] == []
    secrets = crm.aws("secretsmanager").list_secrets()["SecretList"]
    assert not [one["Name"] for one in secrets if "/webhooks/" in one["Name"]]


def test_a_receiver_that_is_gone_is_disabled_and_can_be_recovered(crm):
    with Receiver(410, 200) as receiver:
        endpoint = sent(crm, "POST", "/webhook-endpoints/", {"url": receiver.url})
        path = f"/webhook-endpoints/{endpoint['id']}"
        crm.create(name="Gone")
        crm.eventually(lambda: not crm.get(f"{path}/")["enabled"])

        def told() -> Any:
            wanted = {"type": "webhook_endpoint.disabled"}
            return crm.get("/events/", params=wanted)["events"]

        (event,) = crm.eventually(told)
        assert event["data"]["endpoint_id"] == endpoint["id"]
        before = len(receiver.seen)
        failed = crm.eventually(lambda: log(crm, endpoint))
        since = min(one["created_at"] for one in failed)
        assert sent(crm, "POST", f"{path}/enable/")["disabled"] is None
        made = sent(crm, "POST", f"{path}/recoveries/", {"since": since[:17] + "00Z"})
        where = f"{path}/recoveries/{made['id']}/"
        crm.eventually(lambda: crm.get(where)["status"] == "done")
        assert crm.get(where)["restarted"] >= 1
        crm.eventually(lambda: len(receiver.seen) > before)
        crm.eventually(lambda: {one["status"] for one in log(crm, endpoint)} == {"delivered"})
        sent(crm, "DELETE", f"{path}/")
