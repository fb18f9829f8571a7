"""What holds data: the tables by their subject, buckets, the secret that signs cursors."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.import_bucket import import_bucket
from infra.constructs.private_bucket import private_bucket
from infra.constructs.tables import (
    BOARD,
    CORRELATION,
    DUE,
    PENDING,
    RECENT,
    TYPE,
    USER,
    WHOLE,
    WORKFLOW,
    removal,
    table,
)


class Data(Construct):
    """Tables, in which the tenant leads every key, buckets, and secret."""

    def __init__(self, scope: Construct, name: str, config: StageConfig) -> None:
        super().__init__(scope, name)
        self.crm: dynamodb.Table = table(
            self,
            "CrmTable",
            config,
            expires=True,
            indexes={BOARD: WHOLE, PENDING: WHOLE, CORRELATION: ["event"]},
            stream=True,
        )
        # What expires by itself needs no restoring.
        self.inbox = table(self, "InboxTable", config, sort=False, keeps=False, expires=True)
        self.executions: dynamodb.Table = table(
            self,
            "ExecutionsTable",
            config,
            expires=True,
            indexes=dict.fromkeys((RECENT, WORKFLOW, USER, DUE), WHOLE),
        )
        self.quarantine = table(self, "QuarantineTable", config)
        self.event_log = table(
            self, "EventLogTable", config, expires=True, indexes={TYPE: ["event"]}
        )
        # What durable consumers make of events; it can be made again from them.
        self.projections = table(self, "ProjectionsTable", config, expires=True)
        self.webhooks: dynamodb.Table = table(
            self,
            "WebhooksTable",
            config,
            expires=True,
            indexes={DUE: ["tenant", "endpoint_id", "id"]},
        )
        self.identity = table(self, "IdentityTable", config)
        self.audit = table(self, "AuditTable", config)
        self.workflows = table(self, "WorkflowsTable", config)
        # Conversations end after a month, tasks after a day.
        self.chat = table(self, "ChatTable", config, expires=True, indexes={DUE: ["tenant", "id"]})
        self.imports = import_bucket(self, config)
        self.values = private_bucket(self, "ValuesBucket", config)
        self.spaces = private_bucket(self, "SpacesBucket", config)
        self.events = private_bucket(self, "EventsBucket", config)
        # Without it nobody reads what was ever sealed: it goes only where tables go.
        self.data_key = kms.Key(
            self,
            "DataKeysKey",
            description="Encrypts the data keys of tenants",
            enable_key_rotation=True,
            removal_policy=removal(config),
        )
        self.cursor_secret = secretsmanager.Secret(
            self,
            "CursorSecret",
            description="Signs the cursors of lists",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=removal(config),
        )
