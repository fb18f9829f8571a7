"""Counts of what an operator is woken for; each is a line of the log that CloudWatch reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NAMESPACE: Final = "Millrace"
QUARANTINED: Final = "Quarantined"
"""Events that a consumer gave up; by `service`, which the function's environment names."""
LATENCY: Final = "EventLatency"
FLOW: Final = "event_type,topic,consumer"
"""The dimensions of how events flow; not the service, so that a flow is one metric."""


def count(name: str) -> None:
    """Counts one; the library is imported here, because a good day counts nothing."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE):
        pass


def flow_line(name: str, milliseconds: float | None, dimensions: Mapping[str, str]) -> None:
    """Counts one, with its latency where it is known, under given dimensions."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    line = EphemeralMetrics(namespace=NAMESPACE, service="")
    for dimension, value in dimensions.items():
        line.add_dimension(name=dimension, value=value)
    line.add_metric(name=name, unit=MetricUnit.Count, value=1)
    if milliseconds is not None:
        line.add_metric(name=LATENCY, unit=MetricUnit.Milliseconds, value=milliseconds)
    line.flush_metrics()
