"""Workflows: the API that builds and starts them.

API ── CreateStateMachine ──> machine of a version ── Invoke ──> node runner
 └──── Invoke (a whole flow in one call) ──────────────────────────┘
"""

from __future__ import annotations

from constructs import Construct

from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.http_function import HttpFunction
from infra.constructs.node_runner import BUCKET_ROLES, KEEP, MACHINES, SECRETS, NodeRunner
from infra.constructs.service_function import Deployment
from infra.constructs.tables import GET, PUT, READ, RECENT, USER, WORKFLOW, index_arn
from shared.platform.flow_machines import PREFIX


class WorkflowApi(Construct):
    """The function `WorkflowFunction`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        runner: NodeRunner,
        *,
        host: str,
    ) -> None:
        super().__init__(scope, name)
        self._data, self._runner = data, runner
        self.environment = self._environment()
        self.function = HttpFunction(
            self,
            "WorkflowFunction",
            deployment,
            data,
            service="workflows",
            handler="functions.workflow_loops.handler.handler",
            host=host,
            concurrency=max(1, deployment.config.concurrency.requests // 2),
            environment={
                **self.environment,
                "PRIVATE_CONNECTIONS": "false",
                "OPENAI_BASE_URL": "",
                "OPENAI_API_KEY": "",
            },
        )
        self._may_keep()
        self._may_make_machines()

    def _environment(self) -> dict[str, str]:
        """What the services of workflows and executions are told, in whichever function."""
        data = self._data
        return {
            "CRM_TABLE": data.crm.table_name,
            "INBOX_TABLE": data.inbox.table_name,
            "AUDIT_TABLE": data.audit.table_name,
            "IDENTITY_TABLE": data.identity.table_name,
            "WORKFLOWS_TABLE": data.workflows.table_name,
            "EXECUTIONS_TABLE": data.executions.table_name,
            "LLM_TABLE": data.workflows.table_name,
            "VALUES_BUCKET": data.values.bucket_name,
            "NODE_RUNNER_ARN": self._runner.function.arn,
            "MACHINE_ROLE_ARN": self._runner.machine_role.role_arn,
        }

    def _may_keep(self) -> None:
        data, made = self._data, self.function
        delete = ["dynamodb:DeleteItem"]
        made.allow([*GET, *PUT, *delete], [data.crm.table_arn])
        made.allow([*READ, *PUT, *delete], [data.workflows.table_arn])
        made.allow([*READ, *PUT, "dynamodb:UpdateItem"], [data.executions.table_arn])
        lists = [index_arn(data.executions, index) for index in (RECENT, WORKFLOW, USER)]
        made.allow(["dynamodb:Query"], lists)
        made.allow([*GET, *PUT, *delete], [data.inbox.table_arn])
        made.allow(GET, [data.identity.table_arn])
        made.allow(["s3:GetObject", "s3:PutObject"], [data.values.arn_for_objects("*")])
        made.allow(KEEP, [own_arn("secretsmanager", SECRETS)])
        made.allow(["sts:AssumeRole"], [BUCKET_ROLES])

    def _may_make_machines(self) -> None:
        made, runner = self.function, self._runner
        machines = own_arn("states", MACHINES)
        made.allow(["states:CreateStateMachine", "states:TagResource"], [machines])
        made.allow(["states:StartExecution", "states:SendTaskSuccess"], [machines])
        made.allow(["states:StopExecution"], [own_arn("states", f"execution:{PREFIX}*")])
        as_machine = {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}
        made.allow(["iam:PassRole"], [runner.machine_role.role_arn], as_machine)
        made.allow(["lambda:InvokeFunction"], [runner.function.arn])
