"""Logs that end: every log group of ours is ours to name, keep and delete."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import StageConfig

_RETENTION: Final = {
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
}


def log_group(scope: Construct, name: str, config: StageConfig) -> logs.LogGroup:
    """A log group that keeps its entries for as long as the stage says."""
    return logs.LogGroup(
        scope,
        name,
        retention=_RETENTION[config.log_retention_days],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
