"""The outbox's two ways to the bus: the relay at once, the sweeper for what the relay missed."""

from __future__ import annotations

import json
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarms import alarm_when
from infra.constructs.data import Data
from infra.constructs.event_data import may_seal
from infra.constructs.figures import count_figures
from infra.constructs.queue_with_dead_letters import dead_letters
from infra.constructs.schedule import repeat
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import PENDING, STREAM, index_arn

_BEHIND_MS: Final = 60_000
"""The sweeper takes over after a minute; then the relay is not what it should be."""
_NEW_AND_PENDING: Final = {
    "eventName": ["INSERT"],
    "dynamodb": {"NewImage": {"pending_pk": {"S": [{"exists": True}]}}},
}


class Outbox(Construct):
    """Relay, sweeper, and the schedule of the sweeper."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        bus: events.EventBus,
    ) -> None:
        super().__init__(scope, name)
        self._data = data
        self._table: dynamodb.Table = data.crm
        self._figures: dynamodb.Table = data.projections
        self._bus = bus
        self.relay = self._function("Relay", deployment, timeout=30)
        self.sweeper = self._function("Sweeper", deployment, timeout=50)
        self._follow_stream()
        self._sweep_every_minute()

    def _function(self, name: str, deployment: Deployment, *, timeout: int) -> ServiceFunction:
        made = ServiceFunction(
            self,
            f"{name}Function",
            deployment,
            service=name.lower(),
            handler=f"functions.events.{name.lower()}.handler",
            timeout=timeout,
            environment={
                "CRM_TABLE": self._table.table_name,
                "EVENT_BUS_NAME": self._bus.event_bus_name,
                "FIGURES_TABLE": self._figures.table_name,
            },
        )
        count_figures(made, self._figures)
        made.allow(["dynamodb:UpdateItem"], [self._table.table_arn])
        may_seal(made, self._data)
        made.allow(["events:PutEvents"], [self._bus.event_bus_arn])
        return made

    def _follow_stream(self) -> None:
        stream = self._table.table_stream_arn
        assert stream is not None, "the table of the outbox has a stream"  # noqa: S101
        failed = dead_letters(self, "RelayDeadLetters")
        self.relay.allow(STREAM, [stream])
        # Listing streams has no resource-level permission.
        self.relay.allow(["dynamodb:ListStreams"], ["*"])
        self.relay.allow(["sqs:SendMessage"], [failed.queue_arn])
        mapping = lambda_.CfnEventSourceMapping
        lambda_.CfnEventSourceMapping(
            self,
            "RelayStreamMapping",
            function_name=self.relay.function.function_name,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            batch_size=25,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            maximum_retry_attempts=5,
            destination_config=mapping.DestinationConfigProperty(
                on_failure=mapping.OnFailureProperty(destination=failed.queue_arn)
            ),
            filter_criteria=mapping.FilterCriteriaProperty(
                filters=[mapping.FilterProperty(pattern=json.dumps(_NEW_AND_PENDING))]
            ),
        )
        self._watch_stream()

    def _watch_stream(self) -> None:
        age = cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="IteratorAge",
            statistic="Maximum",
            period=cdk.Duration.minutes(5),
            dimensions_map={"FunctionName": self.relay.function.function_name},
        )
        alarm_when(self, "RelayFallsBehind", age, above=_BEHIND_MS)

    def _sweep_every_minute(self) -> None:
        self.sweeper.allow(["dynamodb:Query"], [index_arn(self._table, PENDING)])
        repeat(self, "Sweeper", self.sweeper, "rate(1 minute)")
