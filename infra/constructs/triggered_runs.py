"""Runs of workflows that events start.

bus ─ rule ─> consumer `user_triggers` ─> queue ─> starter ─> machine or node runner
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import MAX_ATTEMPTS
from infra.constructs.alarms import alarm_of_quarantine
from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.event_data import may_open
from infra.constructs.node_runner import MACHINES, NodeRunner
from infra.constructs.queue_with_dead_letters import CONSUME, QueueWithDeadLetters
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import GET, PUT

_TIMEOUT_SECONDS: Final = 60
_RECEIVES_BEYOND_ATTEMPTS: Final = 3
"""The starter quarantines after MAX_ATTEMPTS; only when it cannot do even that, SQS steps in."""


def triggered_runs(scope: Construct) -> QueueWithDeadLetters:
    """The queue of runs that are to be started, one message each."""
    return QueueWithDeadLetters(
        scope,
        "TriggeredRuns",
        consumer_timeout=_TIMEOUT_SECONDS,
        max_receives=MAX_ATTEMPTS + _RECEIVES_BEYOND_ATTEMPTS,
    )


class TriggeredRuns(Construct):
    """`TriggerStarterFunction`, which takes that queue's messages."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: Data,
        delivery: QueueWithDeadLetters,
        runner: NodeRunner,
        environment: Mapping[str, str],
    ) -> None:
        """`environment` is that of the API, whose services this function calls."""
        super().__init__(scope, "Triggered")
        made = ServiceFunction(
            self,
            "TriggerStarterFunction",
            deployment,
            service="trigger_starter",
            handler="functions.workflow_loops.trigger_starter.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=512,
            environment={
                **environment,
                "QUARANTINE_TABLE": data.quarantine.table_name,
                "QUEUE_URL": delivery.queue.queue_url,
                "MAX_ATTEMPTS": str(MAX_ATTEMPTS),
            },
        )
        self._may(made, data, runner)
        may_open(made, data)
        made.allow(CONSUME, [delivery.queue.queue_arn])
        lambda_.CfnEventSourceMapping(
            self,
            "QueueMapping",
            function_name=made.function.function_name,
            event_source_arn=delivery.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=max(2, deployment.config.concurrency.runs)
            ),
        )
        alarm_of_quarantine(self, "trigger_starter")

    def _may(self, made: ServiceFunction, data: Data, runner: NodeRunner) -> None:
        made.allow([*GET, *PUT], [data.executions.table_arn, data.inbox.table_arn])
        made.allow([*GET, *PUT], [data.crm.table_arn])
        made.allow(GET, [data.workflows.table_arn, data.identity.table_arn])
        made.allow(PUT, [data.quarantine.table_arn])
        # A start is counted beside its workflow; the workflow itself is not its to write.
        counts = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#last_runs"]}}
        made.allow(PUT, [data.workflows.table_arn], counts)
        # An event too large for the table is kept there as the run's input.
        made.allow(["s3:PutObject"], [data.values.arn_for_objects("*")])
        made.allow(["states:StartExecution"], [own_arn("states", MACHINES)])
        made.allow(["lambda:InvokeFunction"], [runner.function.arn])
