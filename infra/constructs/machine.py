"""An Express state machine that may call its own nodes and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.alarms import alarm_when
from infra.constructs.retention import log_group
from infra.constructs.roles import right, service_role
from shared.pipelines.asl import compile_pipeline
from shared.pipelines.definition import Pipeline as Definition

_LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
_TRACES = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


class ExpressMachine(Construct):
    """The machine of one pipeline, with its definition in the template."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        config: StageConfig,
        definition: Definition,
        arns: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        self._role = _role(self, list(arns.values()))
        logs = log_group(self, "Logs", config)
        compiled = compile_pipeline(definition, arns.__getitem__)
        self._machine = stepfunctions.CfnStateMachine(
            self,
            "Resource",
            state_machine_type="EXPRESS",
            role_arn=self._role.role_arn,
            definition_string=cdk.Stack.of(self).to_json_string(compiled),
            logging_configuration=_log_all_to(logs.log_group_arn),
            tracing_configuration=stepfunctions.CfnStateMachine.TracingConfigurationProperty(
                enabled=True
            ),
        )
        self._machine.node.add_dependency(self._role)
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut"):
            alarm_when(self, metric, self._metric(metric), above=0)

    @property
    def arn(self) -> str:
        """The machine's ARN."""
        return self._machine.attr_arn

    def _metric(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/States",
            metric_name=name,
            statistic="Sum",
            period=cdk.Duration.minutes(5),
            dimensions_map={"StateMachineArn": self.arn},
        )


def _role(scope: Construct, functions: list[str]) -> iam.Role:
    rights = [
        right(["lambda:InvokeFunction"], functions),
        # Neither log delivery nor X-Ray has resource-level permissions.
        right([*_LOG_DELIVERY, *_TRACES], ["*"]),
    ]
    return service_role(scope, "Role", "states", iam.PolicyDocument(statements=rights))


def _log_all_to(
    group_arn: str,
) -> stepfunctions.CfnStateMachine.LoggingConfigurationProperty:
    machine = stepfunctions.CfnStateMachine
    return machine.LoggingConfigurationProperty(
        level="ALL",
        include_execution_data=False,  # leads are people; the record keeps what is needed
        destinations=[
            machine.LogDestinationProperty(
                cloud_watch_logs_log_group=machine.CloudWatchLogsLogGroupProperty(
                    log_group_arn=group_arn
                )
            )
        ],
    )
