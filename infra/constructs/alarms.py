"""Alarms that mean something is wrong, and that are quiet while nothing happens."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from shared.platform.metrics import NAMESPACE, QUARANTINED


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


def alarm_of_quarantine(scope: Construct, service: str) -> None:
    """An alarm for each event that a consumer gives up; `service` is the name it logs under."""
    given_up = cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=QUARANTINED,
        statistic="Sum",
        period=cdk.Duration.minutes(5),
        dimensions_map={"service": service},
    )
    alarm_when(scope, "Quarantined", given_up, above=0)
