"""What CloudWatch makes of metric lines in the functions' logs: figures, here for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.events.metrics import BOUNDS, Outcome, Tally
from shared.platform.metrics import LATENCY, NAMESPACE

TEXT: Final = "/metrics"
_NAMES: Final = {f"Events{outcome.capitalize()}": outcome for outcome in Outcome}
_LABELS: Final = ("event_type", "topic", "consumer")


def read_line(line: str, tally: Tally) -> bool:
    """Counts what a line of the log says; whether it is a line of metrics at all."""
    if '"_aws"' not in line:
        return False
    try:
        told = json.loads(line)
        spaces = {one["Namespace"] for one in told["_aws"]["CloudWatchMetrics"]}
    except (ValueError, KeyError, TypeError):
        return False
    if NAMESPACE in spaces and all(label in told for label in _LABELS):
        milliseconds = sum(told[LATENCY]) if LATENCY in told else None
        seconds = None if milliseconds is None else milliseconds / 1000
        for name in told.keys() & _NAMES.keys():
            event_type, topic, consumer = (str(told[label]) for label in _LABELS)
            tally.record(_NAMES[name], event_type, topic, consumer, seconds)
    return True


class _Flows(Collector):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        """A counter per outcome, and a histogram of latencies."""
        rows = self._tally.rows()
        counts = CounterMetricFamily(
            "millrace_events", "Events by what became of them.", labels=(*_LABELS, "outcome")
        )
        times = HistogramMetricFamily(
            "millrace_event_seconds", "How long an event took to its consumer.", labels=_LABELS
        )
        for flow, row in rows.items():
            labels = (flow.event_type, flow.topic, flow.consumer)
            for outcome, count in row.counts.items():
                if count:
                    counts.add_metric((*labels, str(outcome)), count)
            if any(row.classes):
                bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
                sums = [sum(row.classes[: place + 1]) for place in range(len(bounds))]
                buckets = list(zip(bounds, sums, strict=True))
                times.add_metric(labels, buckets, row.seconds)
        yield counts
        yield times


def prometheus_text(tally: Tally) -> bytes:
    """The figures as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Flows(tally))
    return generate_latest(registry)


class WithMetrics:
    """Answers `GET /metrics`; an application answers everything else.

    The figures are of all tenants: they are the laptop's operator's, as CloudWatch's are on AWS.
    """

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self._app = app
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else None
        answer: ASGIApp = self._app
        if asked == TEXT:
            text = prometheus_text(self._tally)
            answer = Response(text, headers={"content-type": CONTENT_TYPE_LATEST})
        await answer(scope, receive, send)
