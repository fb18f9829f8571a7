"""A queue of what another service tells, and the function that takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarms import alarm_of_quarantine
from infra.constructs.data import Data
from infra.constructs.queue_with_dead_letters import CONSUME, QueueWithDeadLetters
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import PUT

_TIMEOUT_SECONDS: Final = 60
_MAX_RECEIVES: Final = 60
"""The function gives up by itself; what is over its rate waits, and waiting counts as well."""


class OutsideConsumer(Construct):
    """`<Name>Queue` and `<Name>Function`; who feeds the queue is its maker's to say."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        self.service = service = _snake(name)
        self.delivery = QueueWithDeadLetters(
            self, "delivery", consumer_timeout=_TIMEOUT_SECONDS, max_receives=_MAX_RECEIVES
        )
        self.queue = queue = self.delivery.queue
        self.function = ServiceFunction(
            self,
            "Function",
            deployment,
            service=service,
            handler=f"functions.events.{service}.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=512,
            environment={
                "INBOX_TABLE": data.inbox.table_name,
                "QUARANTINE_TABLE": data.quarantine.table_name,
                "QUEUE_URL": queue.queue_url,
                **environment,
            },
        )
        self.function.allow(PUT, [data.quarantine.table_arn])
        self.function.allow(CONSUME, [queue.queue_arn])
        lambda_.CfnEventSourceMapping(
            self,
            "QueueMapping",
            function_name=self.function.function.function_name,
            event_source_arn=queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=2
            ),
        )
        alarm_of_quarantine(self, service)


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")
