"""Tables, the cursor secret, the users, and who hears alarms: what everything else stands on."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.alarm_topic import AlarmTopic
from infra.constructs.data import Data
from infra.constructs.user_pool import Users
from infra.stacks.readable import ReadableStack


class DataStack(ReadableStack):
    """What holds data."""

    def __init__(self, scope: Construct, name: str, config: StageConfig) -> None:
        super().__init__(scope, name, description="Millrace: tables, secret and users")
        self.data = Data(self, "tables", config)
        self.users = Users(self, "users", config)
        self.alarms = AlarmTopic(self, "alarms", config)
        told = {
            "UserPoolId": self.users.pool.user_pool_id,
            "ClientId": self.users.client.user_pool_client_id,
            "IdentityTableName": self.data.identity.table_name,
            "ImportBucketName": self.data.imports.bucket_name,
        }
        for output, value in told.items():
            cdk.CfnOutput(self, output, value=value)
