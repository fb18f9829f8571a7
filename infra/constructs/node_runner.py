"""What runs nodes: the runner, the role that reaches one tenant's rows, the role of the machines.

machine of a version ── Invoke ──> node runner ── AssumeRole, for one tenant ──> rows
                                        └── Invoke ──> programs of agents, which may nothing
"""

from __future__ import annotations

from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.event_data import may_leave
from infra.constructs.python_tool import PythonTool
from infra.constructs.roles import right, service_role
from infra.constructs.sending import SEND, sent_by
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import BOARD, GET, PUT, READ, index_arn
from shared.platform.flow_machines import PREFIX
from shared.platform.foreign_buckets import ROLE_PREFIX

MACHINES: Final = f"stateMachine:{PREFIX}*"
"""Every machine of a flow, and none of a pipeline."""
SECRETS: Final = "secret:millrace/*"
"""What tenants gave us to keep, each below its tenant."""
KEEP: Final = tuple(
    f"secretsmanager:{name}" for name in ("CreateSecret", "GetSecretValue", "DeleteSecret")
)
BUCKET_ROLES: Final = f"arn:{cdk.Aws.PARTITION}:iam::*:role/{ROLE_PREFIX}*"
"""Roles of tenants' own accounts, which ask for the external id of a bucket's registration."""
_TIMEOUT_SECONDS: Final = 300


class NodeRunner(Construct):
    """Functions `NodeRunnerFunction` and `PythonToolFunction`, roles `TenantRowsRole` and
    `FlowMachineRole`."""

    def __init__(
        self, scope: Construct, name: str, deployment: Deployment, data: Data, sender: str
    ) -> None:
        super().__init__(scope, name)
        self._deployment, self._data = deployment, data
        self.python = PythonTool(self, "PythonTool", deployment).function
        self.function = self._runner_function(sender)
        self.machine_role = self._machine_role()

    def _runner_function(self, sender: str) -> ServiceFunction:
        data, config = self._data, self._deployment.config
        made = ServiceFunction(
            self,
            "NodeRunnerFunction",
            self._deployment,
            service="node_runner",
            handler="functions.workflow_loops.runner.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=1024,
            snapshot=True,
            concurrency=2 * config.concurrency.runs,
            environment={
                **{f"{name}_TABLE": each.table_name for name, each in self._tables().items()},
                "LLM_TABLE": data.workflows.table_name,
                "VALUES_BUCKET": data.values.bucket_name,
                "SPACES_BUCKET": data.spaces.bucket_name,
                "MAIL_FROM": sender,
                "PYTHON_FUNCTION": self.python.arn,
                "ROW_TABLES": ",".join(each.table_arn for each in self._tables().values()),
                "PRIVATE_CONNECTIONS": "false",
                "OPENAI_BASE_URL": "",
                "OPENAI_API_KEY": "",
            },
        )
        made.add_environment("ROWS_ROLE_ARN", self._rows_role(made).role_arn)
        # Who published, by their user or key: such rows name the tenant, and have it nowhere.
        people = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["user#*", "key#*"]}}
        made.allow(GET, [data.identity.table_arn], people)
        made.allow(["s3:GetObject", "s3:PutObject"], [data.values.arn_for_objects("*")])
        made.allow(["s3:GetObject", "s3:PutObject"], [data.spaces.arn_for_objects("*")])
        made.allow(["s3:ListBucket"], [data.spaces.bucket_arn])
        may_leave(made, data)
        made.allow(KEEP, [own_arn("secretsmanager", SECRETS)])  # tokens are renewed by runs
        made.allow(["sts:AssumeRole"], [BUCKET_ROLES])
        starts = ["states:StartExecution", "states:SendTaskSuccess"]
        made.allow(starts, [own_arn("states", MACHINES)])
        made.allow(SEND, sent_by(sender))
        made.allow(["lambda:InvokeFunction"], [self.python.arn])
        self._may_call_itself(made)
        return made

    def _tables(self) -> dict[str, dynamodb.Table]:
        """The tables whose rows nodes reach, those of their tenant."""
        data = self._data
        return {
            "CRM": data.crm,
            "INBOX": data.inbox,
            "AUDIT": data.audit,
            "IDENTITY": data.identity,
            "WORKFLOWS": data.workflows,
            "EXECUTIONS": data.executions,
        }

    def _rows_role(self, runner: ServiceFunction) -> iam.Role:
        """Taken by the runner for one tenant at a time, under a policy that names the tenant."""
        data = self._data
        rights = [
            right([*READ, *PUT, "dynamodb:UpdateItem"], [data.executions.table_arn]),
            right([*READ, *PUT, "dynamodb:UpdateItem"], [data.crm.table_arn]),
            right(["dynamodb:Query"], [index_arn(data.crm, BOARD)]),
            right([*READ, *PUT, "dynamodb:DeleteItem"], [data.workflows.table_arn]),
            right([*GET, *PUT, "dynamodb:UpdateItem"], [data.inbox.table_arn]),
            right([*GET], [data.identity.table_arn]),
        ]
        # The generated class names parameters otherwise than its interface, hence the cast.
        trusted = cast("iam.IPrincipal", iam.ArnPrincipal(runner.role.role_arn))
        policies = {"Own": iam.PolicyDocument(statements=rights)}
        return iam.Role(self, "TenantRowsRole", assumed_by=trusted, inline_policies=policies)

    def _may_call_itself(self, runner: ServiceFunction) -> None:
        """A flow that takes longer than one call goes on in the next.

        The function's own policy lets it: its role stands before it and cannot name it.
        """
        lambda_.CfnPermission(
            self,
            "RunnerMayCallItself",
            action="lambda:InvokeFunction",
            function_name=runner.arn,
            principal=runner.role.role_arn,
        )

    def _machine_role(self) -> iam.Role:
        """What machines may: call the node runner, and nothing else."""
        rights = [right(["lambda:InvokeFunction"], [self.function.arn])]
        document = iam.PolicyDocument(statements=rights)
        return service_role(self, "FlowMachineRole", "states", document)
