"""The way of an uploaded file into leads.

S3 ─ default bus ─ rule ─> queue ─> importer
                     └───────┴─> dead letters
"""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.alarms import alarm_of_quarantine
from infra.constructs.data import Data
from infra.constructs.queue_with_dead_letters import CONSUME, QueueWithDeadLetters
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import BOARD, GET, PUT, index_arn
from shared.crm.imports.upload import REPORTS

_SERVICE: Final = "importer"
_TIMEOUT_SECONDS: Final = 300
_MAX_RECEIVES: Final = 8


class LeadImport(Construct):
    """Rule, queue and function."""

    def __init__(self, scope: Construct, deployment: Deployment, data: Data) -> None:
        super().__init__(scope, "LeadImport")
        self._bucket: s3.Bucket = data.imports
        self._delivery = QueueWithDeadLetters(
            self, "delivery", consumer_timeout=_TIMEOUT_SECONDS, max_receives=_MAX_RECEIVES
        )
        self._add_rule()
        self._add_importer(deployment, data)
        alarm_of_quarantine(self, _SERVICE)

    def _add_rule(self) -> None:
        events.Rule(
            self,
            "Rule",
            description="Files of leads that were uploaded",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self._bucket.bucket_name]},
                    # Reports are written into the same bucket; none may start an import.
                    "object": {"key": [{"anything-but": {"prefix": f"{REPORTS}/"}}]},
                },
            ),
            targets=[self._delivery.as_target()],
        )

    def _add_importer(self, deployment: Deployment, data: Data) -> None:
        queue = self._delivery.queue
        importer = ServiceFunction(
            self,
            "ImporterFunction",
            deployment,
            service=_SERVICE,
            handler="functions.crm.importer.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=512,
            environment={
                "CRM_TABLE": data.crm.table_name,
                "INBOX_TABLE": data.inbox.table_name,
                "IDENTITY_TABLE": data.identity.table_name,
                "QUARANTINE_TABLE": data.quarantine.table_name,
                "QUEUE_URL": queue.queue_url,
            },
        )
        importer.allow(["s3:GetObjectVersion"], [self._bucket.arn_for_objects("*")])
        importer.allow(["s3:PutObject"], [self._bucket.arn_for_objects(f"{REPORTS}/*")])
        importer.allow(GET, [t.table_arn for t in (data.crm, data.inbox, data.identity)])
        importer.allow(PUT, [t.table_arn for t in (data.crm, data.inbox, data.quarantine)])
        importer.allow(CONSUME, [queue.queue_arn])
        # The end of a column, where new cards go, and how many there are.
        importer.allow(["dynamodb:Query", "dynamodb:UpdateItem"], [data.crm.table_arn])
        importer.allow(["dynamodb:Query"], [index_arn(data.crm, BOARD)])
        lambda_.CfnEventSourceMapping(
            self,
            "ImporterQueueMapping",
            function_name=importer.function.function_name,
            event_source_arn=queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=2
            ),
        )
