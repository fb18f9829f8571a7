"""What answers messages, in the order of each session, and what ends those that got no answer.

submit ── FIFO queue, a group per session ──> answer ── asks ──> model
schedule ──> sweeper
"""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.node_runner import SECRETS
from infra.constructs.queue_with_dead_letters import TAKE, QueueWithDeadLetters
from infra.constructs.schedule import repeat
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import BOARD, DUE, GET, PUT, READ, index_arn

_TIMEOUT_SECONDS: Final = 120
_LEASE_SECONDS: Final = _TIMEOUT_SECONDS + 5
_INVISIBLE_SECONDS: Final = _TIMEOUT_SECONDS + 30
"""A worker that died is followed by another within the five minutes that a message has."""
_MAX_RECEIVES: Final = 5


class ChatAnswers(Construct):
    """`ChatQueue` and functions `ChatAnswerFunction` and `ChatSweeperFunction`."""

    def __init__(self, scope: Construct, name: str, deployment: Deployment, data: Data) -> None:
        super().__init__(scope, name)
        self._deployment, self._data = deployment, data
        delivery = QueueWithDeadLetters(
            self,
            "Chat",
            consumer_timeout=_TIMEOUT_SECONDS,
            max_receives=_MAX_RECEIVES,
            invisible=_INVISIBLE_SECONDS,
            in_order=True,
        )
        self.queue = delivery.queue
        self._answer()
        self._sweep()

    def _answer(self) -> None:
        data, config = self._data, self._deployment.config
        made = ServiceFunction(
            self,
            "ChatAnswerFunction",
            self._deployment,
            service="chat_answer",
            handler="functions.chat.answer.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=1024,
            concurrency=config.concurrency.runs,
            environment={
                "CHAT_TABLE": data.chat.table_name,
                "CRM_TABLE": data.crm.table_name,
                "INBOX_TABLE": data.inbox.table_name,
                "IDENTITY_TABLE": data.identity.table_name,
                "LLM_TABLE": data.workflows.table_name,
                "ANSWER_LEASE_SECONDS": str(_LEASE_SECONDS),
                "OPENAI_BASE_URL": "",
                "OPENAI_API_KEY": "",
            },
        )
        made.allow([*READ, *PUT], [data.chat.table_arn])
        # What its tools do with leads.
        write = ("dynamodb:UpdateItem", "dynamodb:DeleteItem")
        made.allow([*READ, *PUT, *write], [data.crm.table_arn])
        made.allow(["dynamodb:Query"], [index_arn(data.crm, BOARD)])
        made.allow([*GET, *PUT, "dynamodb:UpdateItem"], [data.inbox.table_arn])
        # Who asked, by their user or key: such rows name the tenant, and have it nowhere.
        people = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["user#*", "key#*"]}}
        made.allow(GET, [data.identity.table_arn], people)
        made.allow(READ, [data.workflows.table_arn])
        made.allow(["secretsmanager:GetSecretValue"], [own_arn("secretsmanager", SECRETS)])
        made.allow(TAKE, [self.queue.queue_arn])
        lambda_.CfnEventSourceMapping(
            self,
            "ChatQueueMapping",
            function_name=made.function.function_name,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=max(2, config.concurrency.runs)
            ),
        )

    def _sweep(self) -> None:
        data = self._data
        made = ServiceFunction(
            self,
            "ChatSweeperFunction",
            self._deployment,
            service="chat_sweeper",
            handler="functions.chat.sweeper.handler",
            timeout=60,
            environment={"CHAT_TABLE": data.chat.table_name, "CRM_TABLE": data.crm.table_name},
        )
        made.allow([*GET, *PUT], [data.chat.table_arn])
        made.allow(["dynamodb:Query"], [index_arn(data.chat, DUE)])
        made.allow(PUT, [data.crm.table_arn])
        repeat(self, "ChatSweeper", made, "rate(1 minute)")
