"""A pipeline: its nodes, their state machine, and the way from the bus to it.

bus ─ rule ─> queue ─> starter ─ StartSyncExecution ─> machine ─> a function per node
          └──────┴─> dead letters
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import MAX_ATTEMPTS
from infra.constructs.alarms import alarm_of_quarantine
from infra.constructs.data import Data
from infra.constructs.event_data import may_open
from infra.constructs.figures import count_figures
from infra.constructs.machine import ExpressMachine
from infra.constructs.queue_with_dead_letters import CONSUME, QueueWithDeadLetters
from infra.constructs.sending import SEND, sent_by
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import GET, PUT
from shared.events.catalog import spellings
from shared.pipelines.asl import NODE_TIMEOUT_SECONDS
from shared.pipelines.definition import Pipeline as Definition

_STARTER_TIMEOUT_SECONDS: Final = 90
_RECEIVES_BEYOND_ATTEMPTS: Final = 3
"""The starter quarantines after MAX_ATTEMPTS; only when it cannot do even that, SQS steps in."""


@dataclass(frozen=True)
class Surroundings:
    """What every pipeline stands in."""

    deployment: Deployment
    data: Data
    bus: events.IEventBus
    sender: str
    """The verified identity that nodes with the need `mail` send from."""


class Pipeline(Construct):
    """One folder of `functions/pipeline_nodes/`, deployed."""

    def __init__(self, scope: Construct, definition: Definition, around: Surroundings) -> None:
        super().__init__(scope, pascal(definition.name))
        self._definition = definition
        self._around = around
        self.name = definition.name
        nodes = {name: self._node(name) for name in definition.all_nodes()}
        arns = {name: function.arn for name, function in nodes.items()}
        self.nodes = list(arns.values())
        self.machine = ExpressMachine(self, "Machine", around.deployment.config, definition, arns)
        delivery = QueueWithDeadLetters(
            self,
            "delivery",
            consumer_timeout=_STARTER_TIMEOUT_SECONDS,
            max_receives=MAX_ATTEMPTS + _RECEIVES_BEYOND_ATTEMPTS,
        )
        self.queue: sqs.Queue = delivery.queue
        self._add_rule(delivery)
        self._add_starter()
        alarm_of_quarantine(self, definition.name)

    def _node(self, name: str) -> ServiceFunction:
        folder = self._definition.folder
        made = ServiceFunction(
            self,
            f"{pascal(name)}Function",
            self._around.deployment,
            service=self._definition.name,
            handler=f"functions.pipeline_nodes.{folder}.{name}.handler",
            timeout=NODE_TIMEOUT_SECONDS,
            # A run whose starter has died goes on beside the one that takes its place.
            concurrency=2 * self._around.deployment.config.concurrency.runs,
            environment=self._mail_environment(name),
        )
        if self._sends_mail(name):
            inbox = self._around.data.inbox
            made.allow([*GET, *PUT], [inbox.table_arn])  # the lease that makes a mail go out once
            # Which addresses take no more mail, and nothing else of the CRM.
            none_to = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#suppressions"]}}
            made.allow(GET, [self._around.data.crm.table_arn], none_to)
            made.allow(SEND, sent_by(self._around.sender))
        return made

    def _sends_mail(self, node: str) -> bool:
        return "mail" in self._definition.needs.get(node, ())

    def _mail_environment(self, node: str) -> dict[str, str]:
        if not self._sends_mail(node):
            return {}
        around = self._around
        tables = {"INBOX_TABLE": around.data.inbox, "CRM_TABLE": around.data.crm}
        named = {name: table.table_name for name, table in tables.items()}
        return {"MAIL_FROM": around.sender, **named}

    def _add_rule(self, delivery: QueueWithDeadLetters) -> None:
        events.Rule(
            self,
            "Rule",
            event_bus=self._around.bus,
            description=f"Events that start {self._definition.name}",
            # Any source: the starter refuses outside sources that no tenant registered.
            event_pattern=events.EventPattern(detail_type=spellings(self._definition.starts_on)),
            targets=[delivery.as_target()],
        )

    def _add_starter(self) -> None:
        data = self._around.data
        runs = self._around.deployment.config.concurrency.runs
        starter = ServiceFunction(
            self,
            "StarterFunction",
            self._around.deployment,
            service=self._definition.name,
            handler="functions.pipeline_nodes.starter.handler",
            timeout=_STARTER_TIMEOUT_SECONDS,
            concurrency=runs,
            environment={
                "CRM_TABLE": data.crm.table_name,
                "INBOX_TABLE": data.inbox.table_name,
                "EXECUTIONS_TABLE": data.executions.table_name,
                "QUARANTINE_TABLE": data.quarantine.table_name,
                "IDENTITY_TABLE": data.identity.table_name,
                "STATE_MACHINE_ARN": self.machine.arn,
                "PIPELINE": self._definition.name,
                "QUEUE_URL": self.queue.queue_url,
                "MAX_ATTEMPTS": str(MAX_ATTEMPTS),
                "FIGURES_TABLE": data.projections.table_name,
            },
        )
        written = (data.crm, data.inbox, data.executions, data.quarantine)
        starter.allow(PUT, [table.table_arn for table in written])
        read = (data.crm, data.inbox, data.identity)
        starter.allow(GET, [table.table_arn for table in read])
        may_open(starter, data)
        starter.allow(["states:StartSyncExecution"], [self.machine.arn])
        starter.allow(CONSUME, [self.queue.queue_arn])
        count_figures(starter, data.projections)
        lambda_.CfnEventSourceMapping(
            self,
            "StarterQueueMapping",
            function_name=starter.function.function_name,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=runs
            ),
        )


def pascal(name: str) -> str:
    """`lead_pipeline` as it stands in logical ids: `LeadPipeline`."""
    return "".join(part.capitalize() for part in name.split("_"))
