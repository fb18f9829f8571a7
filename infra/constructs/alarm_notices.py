"""The way of an alarm to the operators, in words: default bus ─ rule ─> queue.

Beside it the alarm topic tells the same in AWS's words: that way needs no function of ours, so
that an alarm about this one is heard.
"""

from __future__ import annotations

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.data import Data
from infra.constructs.outside_consumer import OutsideConsumer
from infra.constructs.sending import SEND, sent_by
from infra.constructs.service_function import Deployment
from infra.constructs.tables import GET, PUT


def alarm_notices(
    scope: Construct, deployment: Deployment, data: Data, sender: str
) -> OutsideConsumer:
    """Rule, queue and function `AlarmNotices`."""
    config = deployment.config
    told = {"MAIL_FROM": sender, "OPERATORS_MAIL": config.operators_mail or ""}
    made = OutsideConsumer(scope, "AlarmNotices", deployment, data, told)
    made.function.allow([*GET, *PUT, "dynamodb:UpdateItem"], [data.inbox.table_arn])
    made.function.allow(SEND, sent_by(sender))
    events.Rule(
        made,
        "Rule",
        description="Alarms of this deployment that began or are over",
        event_pattern=events.EventPattern(
            source=["aws.cloudwatch"],
            detail_type=["CloudWatch Alarm State Change"],
            # Alarms are named after their stack.
            detail={"alarmName": [{"prefix": f"millrace-{config.stage}-"}]},
        ),
        targets=[made.delivery.as_target()],
    )
    return made
