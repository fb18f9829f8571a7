"""Workflows: the API that builds and starts them, and the function that runs their nodes.

API ── CreateStateMachine ──> machine of a version ── InvokeFunction ──> node runner
 └──── Invoke (a whole flow in one call) ──────────────────────────────────┘
"""

from __future__ import annotations

from typing import Final, cast

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.http_function import HttpFunction
from infra.constructs.roles import right, service_role
from infra.constructs.schedule import repeat
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import GET, PUT, READ, RECENT, USER, WORKFLOW, index_arn
from infra.constructs.tenant_access import may_act_for_tenants
from shared.platform.flow_machines import PREFIX

_RUNNER_TIMEOUT_SECONDS: Final = 300
_MACHINES: Final = f"stateMachine:{PREFIX}*"
_RUNS: Final = f"execution:{PREFIX}*"
_COLLECTOR_TIMEOUT_SECONDS: Final = 300
_DELETE: Final = ("dynamodb:DeleteItem",)


class WorkflowApi(Construct):
    """Functions `WorkflowFunction` and `NodeRunnerFunction`, and the role of the machines."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        *,
        host: str,
        sender: str,
    ) -> None:
        super().__init__(scope, name)
        self._deployment, self._data = deployment, data
        self.runner = self._runner_function(sender)
        self.machine_role = self._machine_role()
        self.function = self._api_function(host)
        self._collect_machines()

    def _api_function(self, host: str) -> HttpFunction:
        data, config = self._data, self._deployment.config
        made = HttpFunction(
            self,
            "WorkflowFunction",
            self._deployment,
            data,
            service="workflows",
            handler="functions.workflow_loops.handler.handler",
            host=host,
            concurrency=max(1, config.concurrency.requests // 2),
            environment={
                "CRM_TABLE": data.crm.table_name,
                "IDENTITY_TABLE": data.identity.table_name,
                "WORKFLOWS_TABLE": data.workflows.table_name,
                "EXECUTIONS_TABLE": data.executions.table_name,
                "VALUES_BUCKET": data.values.bucket_name,
                "NODE_RUNNER_ARN": self.runner.arn,
                "MACHINE_ROLE_ARN": self.machine_role.role_arn,
                "PRIVATE_CONNECTIONS": "false",
            },
        )
        made.allow([*GET, *PUT, *_DELETE], [data.crm.table_arn])
        made.allow([*READ, *PUT, *_DELETE], [data.workflows.table_arn])
        made.allow([*READ, *PUT, *_DELETE, "dynamodb:UpdateItem"], [data.executions.table_arn])
        lists = [index_arn(data.executions, index) for index in (RECENT, WORKFLOW, USER)]
        made.allow(["dynamodb:Query"], lists)
        made.allow(GET, [data.identity.table_arn])
        made.allow([*GET, *PUT, *_DELETE], [data.inbox.table_arn])
        made.allow(["s3:GetObject", "s3:PutObject"], [data.values.arn_for_objects("*")])
        may_act_for_tenants(made)
        self._may_make_machines(made)
        return made

    def _may_make_machines(self, made: ServiceFunction) -> None:
        machines, runs = own_arn("states", _MACHINES), own_arn("states", _RUNS)
        made.allow(["states:CreateStateMachine", "states:TagResource"], [machines])
        made.allow(["states:StartExecution", "states:SendTaskSuccess"], [machines])
        made.allow(["states:StopExecution"], [runs])
        as_machine = {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}
        made.allow(["iam:PassRole"], [self.machine_role.role_arn], as_machine)
        made.allow(["lambda:InvokeFunction"], [self.runner.arn])

    def _collect_machines(self) -> None:
        made = ServiceFunction(
            self,
            "MachineCollectorFunction",
            self._deployment,
            service="collector",
            handler="functions.workflow_loops.collector.handler",
            timeout=_COLLECTOR_TIMEOUT_SECONDS,
            memory=512,
            concurrency=1,
            environment={
                "CRM_TABLE": self._data.crm.table_name,
                "WORKFLOWS_TABLE": self._data.workflows.table_name,
            },
        )
        made.allow(GET, [self._data.crm.table_arn])
        made.allow(_DELETE, [self._data.workflows.table_arn])
        # Listing machines has no resource-level permission.
        made.allow(["states:ListStateMachines"], ["*"])
        machines = own_arn("states", _MACHINES)
        made.allow(["states:ListTagsForResource", "states:ListExecutions"], [machines])
        made.allow(["states:DeleteStateMachine"], [machines])
        repeat(self, "MachineCollector", made, "rate(1 hour)")

    def _runner_function(self, sender: str) -> ServiceFunction:
        data, config = self._data, self._deployment.config
        made = ServiceFunction(
            self,
            "NodeRunnerFunction",
            self._deployment,
            service="node_runner",
            handler="functions.workflow_loops.runner.handler",
            timeout=_RUNNER_TIMEOUT_SECONDS,
            memory=1024,
            snapshot=True,
            concurrency=2 * config.concurrency.runs,
            environment={
                **{f"{name}_TABLE": each.table_name for name, each in self._tables().items()},
                "VALUES_BUCKET": data.values.bucket_name,
                "SPACES_BUCKET": data.spaces.bucket_name,
                "MAIL_FROM": sender,
                "PRIVATE_CONNECTIONS": "false",
                "ROW_TABLES": ",".join(each.table_arn for each in self._tables().values()),
            },
        )
        made.add_environment("ROWS_ROLE_ARN", self._rows_role(made).role_arn)
        # Who published, by their user or key: such rows name the tenant, and have it nowhere.
        people = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["user#*", "key#*"]}}
        made.allow(GET, [data.identity.table_arn], people)
        made.allow(["s3:GetObject", "s3:PutObject"], [data.values.arn_for_objects("*")])
        made.allow(["states:StartExecution"], [own_arn("states", _MACHINES)])
        may_act_for_tenants(made)
        self._may_call_itself(made)
        return made

    def _tables(self) -> dict[str, dynamodb.Table]:
        """The tables whose rows nodes reach, those of their tenant."""
        data = self._data
        return {
            "CRM": data.crm,
            "INBOX": data.inbox,
            "AUDIT": data.audit,
            "WORKFLOWS": data.workflows,
            "EXECUTIONS": data.executions,
            "IDENTITY": data.identity,
        }

    def _rows_role(self, runner: ServiceFunction) -> iam.Role:
        """Taken by the runner for one tenant at a time, under a policy that names the tenant."""
        data = self._data
        rights = [
            right([*READ, *PUT], [data.executions.table_arn]),
            right([*READ, *PUT], [data.crm.table_arn]),
            right([*READ, *PUT, *_DELETE], [data.workflows.table_arn]),
            right([*GET, *PUT], [data.inbox.table_arn]),
            right([*GET], [data.identity.table_arn]),
            right(["dynamodb:UpdateItem"], [data.executions.table_arn]),
        ]
        # The generated class names parameters otherwise than its interface, hence the cast.
        trusted = cast("iam.IPrincipal", iam.ArnPrincipal(runner.role.role_arn))
        policies = {"Own": iam.PolicyDocument(statements=rights)}
        return iam.Role(self, "TenantRowsRole", assumed_by=trusted, inline_policies=policies)

    def _may_call_itself(self, runner: ServiceFunction) -> None:
        """A flow that takes longer than a call goes on in the next; the function's own policy
        lets it, because its role stands before it and cannot name it."""
        lambda_.CfnPermission(
            self,
            "RunnerMayCallItself",
            action="lambda:InvokeFunction",
            function_name=runner.arn,
            principal=runner.role.role_arn,
        )

    def _machine_role(self) -> iam.Role:
        """What machines may: call the node runner, and wait for machines of other workflows."""
        rights = [right(["lambda:InvokeFunction"], [self.runner.arn])]
        return service_role(
            self, "FlowMachineRole", "states", iam.PolicyDocument(statements=rights)
        )
