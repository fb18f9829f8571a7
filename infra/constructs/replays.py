"""Replays: a queue of their steps, and the function that takes them.

API ─> queue ─> function ─> the queue of one consumer
         └── the next step, later ──┘
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import MAX_ATTEMPTS
from infra.constructs.consumer import Consumer
from infra.constructs.pipeline import Surroundings
from infra.constructs.queue_with_dead_letters import TAKE, QueueWithDeadLetters
from infra.constructs.service_function import ServiceFunction
from infra.constructs.tables import PUT, READ, TYPE, index_arn

_TIMEOUT_SECONDS: Final = 30


class Replays(Construct):
    """`ReplayerFunction` and its queue."""

    def __init__(
        self, scope: Construct, around: Surroundings, consumers: Sequence[Consumer]
    ) -> None:
        super().__init__(scope, "Replays")
        delivery = QueueWithDeadLetters(
            self, "delivery", consumer_timeout=_TIMEOUT_SECONDS, max_receives=MAX_ATTEMPTS
        )
        self.queue: sqs.Queue = delivery.queue
        log = around.data.event_log
        queues = {consumer.name: consumer.queue.queue_url for consumer in consumers}
        made = ServiceFunction(
            self,
            "ReplayerFunction",
            around.deployment,
            service="replayer",
            handler="functions.events.replayer.handler",
            timeout=_TIMEOUT_SECONDS,
            environment={
                "EVENT_LOG_TABLE": log.table_name,
                "QUEUE_URL": self.queue.queue_url,
                "CONSUMER_QUEUES": cdk.Stack.of(self).to_json_string(queues),
            },
        )
        made.allow([*READ, *PUT], [log.table_arn])
        made.allow(["dynamodb:Query"], [index_arn(log, TYPE)])
        made.allow(TAKE, [self.queue.queue_arn])
        sent_to = [self.queue, *(consumer.queue for consumer in consumers)]
        made.allow(["sqs:SendMessage"], [queue.queue_arn for queue in sent_to])
        lambda_.CfnEventSourceMapping(
            self,
            "ReplayerQueueMapping",
            function_name=made.function.function_name,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=2
            ),
        )
