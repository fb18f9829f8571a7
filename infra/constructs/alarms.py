"""Alarms that mean something is wrong, and that are quiet while nothing happens."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def alarm_when(
    scope: Construct, name: str, metric: cloudwatch.IMetric, *, above: int
) -> cloudwatch.Alarm:
    """An alarm on the first period above a number; no data is a quiet night, no alarm."""
    return cloudwatch.Alarm(
        scope,
        name,
        metric=metric,
        threshold=above,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
