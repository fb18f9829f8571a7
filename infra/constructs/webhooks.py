"""Webhooks out: a queue of deliveries that are due, what sends them, and what looks after them.

consumer, API ─> queue ─> sender ─> endpoints of tenants
                   ^        └── what is due soon
                   └── sweeper ── every minute: what is due later, or lost its message
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import MAX_ATTEMPTS
from infra.constructs.arns import own_arn
from infra.constructs.consumer import Consumer
from infra.constructs.pipeline import Surroundings
from infra.constructs.queue_with_dead_letters import TAKE, QueueWithDeadLetters
from infra.constructs.schedule import repeat
from infra.constructs.service_function import ServiceFunction
from infra.constructs.tables import DUE, GET, PUT, READ, index_arn

WEBHOOK_SECRETS: Final = "secret:millrace/*/webhooks/*"
"""Keys and headers of endpoints, each below its tenant."""
CONSUMER: Final = "webhooks"
"""The consumer that makes deliveries of events."""
_TIMEOUT_SECONDS: Final = 60
_BATCH: Final = 10
"""Tries that one process makes beside each other: it waits for endpoints most of its time."""


class Webhooks(Construct):
    """`SenderFunction`, `SweeperFunction` and their queue."""

    def __init__(
        self, scope: Construct, around: Surroundings, consumers: Sequence[Consumer]
    ) -> None:
        super().__init__(scope, "Webhooks")
        self._around = around
        delivery = QueueWithDeadLetters(
            self, "delivery", consumer_timeout=_TIMEOUT_SECONDS, max_receives=MAX_ATTEMPTS
        )
        self.queue: sqs.Queue = delivery.queue
        self._add_sender()
        self._add_sweeper()
        for consumer in consumers:
            if consumer.name == CONSUMER:
                consumer.function.add_environment("WEBHOOK_QUEUE_URL", self.queue.queue_url)
                consumer.function.allow(["sqs:SendMessage"], [self.queue.queue_arn])

    def _function(self, name: str, concurrency: int) -> ServiceFunction:
        data = self._around.data
        made = ServiceFunction(
            self,
            f"{name}Function",
            self._around.deployment,
            service=f"webhook_{name.lower()}",
            handler=f"functions.webhooks.{name.lower()}.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=512,
            concurrency=concurrency,
            environment={
                "WEBHOOKS_TABLE": data.webhooks.table_name,
                "WEBHOOK_QUEUE_URL": self.queue.queue_url,
                "CRM_TABLE": data.crm.table_name,
                "PRIVATE_CONNECTIONS": "false",
            },
        )
        made.allow(["sqs:SendMessage"], [self.queue.queue_arn])
        return made

    def _add_sender(self) -> None:
        data = self._around.data
        runs = 2 * self._around.deployment.config.concurrency.runs
        made = self._function("Sender", runs)
        change = ["dynamodb:DeleteItem", "dynamodb:UpdateItem"]
        made.allow([*READ, *PUT, *change], [data.webhooks.table_arn])
        # That an endpoint was disabled is an event; nothing else of the CRM is its concern.
        own = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#webhook_endpoint#*"]}}
        made.allow([*GET, *PUT], [data.crm.table_arn], own)
        secrets = own_arn("secretsmanager", WEBHOOK_SECRETS)
        made.allow(["secretsmanager:GetSecretValue"], [secrets])
        made.allow(TAKE, [self.queue.queue_arn])
        lambda_.CfnEventSourceMapping(
            self,
            "SenderQueueMapping",
            function_name=made.function.function_name,
            event_source_arn=self.queue.queue_arn,
            batch_size=_BATCH,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=runs
            ),
        )

    def _add_sweeper(self) -> None:
        data = self._around.data
        made = self._function("Sweeper", 1)
        made.allow([*GET, *PUT], [data.webhooks.table_arn])
        made.allow(["dynamodb:Query"], [index_arn(data.webhooks, DUE)])
        repeat(self, "Sweeper", made, "rate(1 minute)")
