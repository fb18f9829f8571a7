"""Counts of what an operator is woken for; each is a line of the log that CloudWatch reads."""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "Millrace"
QUARANTINED: Final = "Quarantined"
"""Events that a consumer gave up; by `service`, which the function's environment names."""


def count(name: str) -> None:
    """Counts one; the library is imported here, because a good day counts nothing."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE):
        pass
