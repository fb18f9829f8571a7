"""Lines of metrics become figures that Prometheus reads."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from local.flow_metrics import WithMetrics, prometheus_text, read_line
from shared.events.metrics import EmfMetrics, Outcome, Tally


@pytest.fixture
def tally(capsys):
    told, found = EmfMetrics(), Tally()
    for seconds in (0.0005, 0.3, 99.0):
        told.record(Outcome.DELIVERED, "lead.created", "leads", "lead_pipeline", seconds)
    told.record(Outcome.DEAD, "lead.created", 'odd"\n', "lead_pipeline")
    for line in capsys.readouterr().out.splitlines():
        assert read_line(line, found)
    return found


def test_figures_as_prometheus_reads_them(tally):
    families = text_string_to_metric_families(prometheus_text(tally).decode())
    samples = {(s.name, s.labels.get("outcome"), s.labels.get("le")): s.value
               for family in families for s in family.samples}  # fmt: skip
    assert samples["millrace_events_total", "delivered", None] == 3
    assert samples["millrace_events_total", "dead", None] == 1
    assert samples["millrace_event_seconds_bucket", None, "0.001"] == 1
    assert samples["millrace_event_seconds_bucket", None, "0.5"] == 2
    assert samples["millrace_event_seconds_bucket", None, "+Inf"] == 3
    assert samples["millrace_event_seconds_sum", None, None] == pytest.approx(99.3005)


@pytest.mark.parametrize(
    "line", ["plain", '{"message": "_aws"}', '{"_aws"', '{"_aws": 1}', '{"_aws": {}}']
)
def test_other_lines_are_for_the_log(line):
    assert not read_line(line, Tally())


def test_other_metrics_are_no_flow():
    told = {"_aws": {"CloudWatchMetrics": [{"Namespace": "Millrace"}]}, "Quarantined": [1]}
    found = Tally()
    assert read_line(json.dumps(told), found)
    assert found.view() == []


async def _answer(tally, path):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(WithMetrics(app, tally))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path)


def test_the_path_of_metrics(tally):
    answer = asyncio.run(_answer(tally, "/metrics"))
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "millrace_events_total" in answer.text
    assert asyncio.run(_answer(tally, "/leads/")).status_code == 418
