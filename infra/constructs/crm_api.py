"""The CRM behind the HTTP API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.event_data import KEY_ROWS, may_leave, may_open
from infra.constructs.http_function import HttpFunction
from infra.constructs.node_runner import KEEP
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import (
    BOARD,
    CORRELATION,
    GET,
    PUT,
    READ,
    RECENT,
    TYPE,
    WRITE,
    index_arn,
)
from infra.constructs.webhooks import WEBHOOK_SECRETS
from shared.consumers.declaration import Declaration
from shared.pipelines.definition import Pipeline as Definition


class CrmApi(Construct):
    """The function `CrmFunction`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        *,
        host: str,
        pipelines: Sequence[Definition],
        consumers: Sequence[Declaration],
        replays: sqs.Queue,
        webhooks: sqs.Queue,
    ) -> None:
        super().__init__(scope, name)
        self._deployment = deployment
        self._pipelines = pipelines
        self._consumers = consumers
        self._replays = replays
        self._webhooks = webhooks
        self._data = data
        self.function = self._crm_function(host)

    def may_redrive(self, queues: Sequence[sqs.Queue]) -> None:
        """Operators put quarantined events back into the queue of their consumer."""
        if queues:
            self.function.allow(["sqs:SendMessage"], [queue.queue_arn for queue in queues])

    def may_run(self, machines: Mapping[str, str], nodes: Sequence[str]) -> None:
        """Callers run a pipeline and wait, or try one of its nodes alone.

        Which function a node is, the API reads of the machine: an environment is 4 KB.
        """
        self.function.function.add_environment("PIPELINE_MACHINES", _json(self, machines))
        if machines:
            arns = list(machines.values())
            self.function.allow(["states:StartSyncExecution", "states:DescribeStateMachine"], arns)
            self.function.allow(["lambda:InvokeFunction"], list(nodes))

    def _crm_function(self, host: str) -> ServiceFunction:
        data, config = self._data, self._deployment.config
        made = HttpFunction(
            self,
            "CrmFunction",
            self._deployment,
            data,
            service="crm",
            handler="functions.crm.handler.handler",
            host=host,
            concurrency=config.concurrency.requests,
            environment={
                "CRM_TABLE": data.crm.table_name,
                "IDENTITY_TABLE": data.identity.table_name,
                "EXECUTIONS_TABLE": data.executions.table_name,
                "QUARANTINE_TABLE": data.quarantine.table_name,
                "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
                "PIPELINES": json.dumps({p.name: p.starts_on for p in self._pipelines}),
                "CONSUMERS": json.dumps({said.name: _facts(said) for said in self._consumers}),
                "REPLAY_QUEUE_URL": self._replays.queue_url,
                "EVENT_LOG_TABLE": data.event_log.table_name,
                "PROJECTIONS_TABLE": data.projections.table_name,
                "WEBHOOKS_TABLE": data.webhooks.table_name,
                "WEBHOOK_QUEUE_URL": self._webhooks.queue_url,
                "PRIVATE_CONNECTIONS": "false",
            },
        )
        may_open(made, data)
        made.allow(GET, [data.identity.table_arn], KEY_ROWS)
        may_leave(made, data)
        made.allow([*READ, *WRITE], [data.crm.table_arn])
        made.allow([*GET, *PUT], [data.inbox.table_arn])
        # Public keys, and nothing else: who is a member is the authorizer's to know.
        public = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["public_key#*"]}}
        made.allow(GET, [data.identity.table_arn], public)
        made.allow([*READ, *PUT], [data.quarantine.table_arn])
        made.allow([*READ, *PUT], [data.event_log.table_arn])
        made.allow(["dynamodb:Query"], [data.projections.table_arn])
        made.allow([*READ, *PUT, "dynamodb:DeleteItem"], [data.webhooks.table_arn])
        made.allow(KEEP, [own_arn("secretsmanager", WEBHOOK_SECRETS)])
        made.allow(["sqs:SendMessage"], [self._replays.queue_arn, self._webhooks.queue_arn])
        indexes = (
            (data.crm, BOARD),
            (data.crm, CORRELATION),
            (data.executions, RECENT),
            (data.event_log, TYPE),
        )
        made.allow(["dynamodb:Query"], [index_arn(*index) for index in indexes])
        made.allow([*GET, *PUT], [data.executions.table_arn])
        made.allow(["secretsmanager:GetSecretValue"], [data.cursor_secret.secret_arn])
        return made


def _facts(said: Declaration) -> dict[str, Any]:
    """What the API tells of a consumer."""
    return {
        "about": said.about,
        "topics": list(said.topics),
        "types": list(said.types),
        "ordered": said.ordered,
        "outside": said.outside,
    }


def _json(scope: Construct, value: Mapping[str, str]) -> str:
    """With its references, which plain JSON would tear."""
    return cdk.Stack.of(scope).to_json_string(dict(value))
