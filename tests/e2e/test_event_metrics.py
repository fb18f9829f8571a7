"""Figures of how events flow through the running platform."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("shared")


def test_a_lead_is_counted_on_its_way(running):
    lead = running.create(name="Ada Lovelace", project_budget="100k+")

    def flows():
        found = {
            (f["event_type"], f["consumer"]): f for f in running.get("/events/metrics/")["flows"]
        }
        wanted = [("lead.created", "event bus"), ("lead.created", "lead_pipeline")]
        return [found[one] for one in wanted] if found.keys() >= set(wanted) else None

    running.eventually(lambda: running.completed(lead["id"]))
    relayed, delivered = running.eventually(flows)
    assert relayed["published"] >= 1
    assert delivered["delivered"] >= 1
    assert delivered["mean_seconds"] >= relayed["mean_seconds"] >= 0
    text = running.http.get(f"{running.url}/metrics", timeout=30).text
    assert 'consumer="lead_pipeline"' in text
