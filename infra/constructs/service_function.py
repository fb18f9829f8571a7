"""A Lambda function with a role of its own, a log that ends, and alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.assets.bundling import code_of
from infra.config import StageConfig
from infra.constructs.alarms import alarm_when
from infra.constructs.retention import log_group
from infra.constructs.roles import right, service_role

_NEAR: Final = 0.8
"""Of its timeout: a function whose slowest calls take longer will soon fail."""


@dataclass(frozen=True)
class Deployment:
    """What every function of a stack shares."""

    config: StageConfig


class ServiceFunction(Construct):
    """`ServiceFunction(self, "CrmFunction", deployment, service="crm", handler=…, timeout=29)`.

    Its role can write its own log and its own traces and nothing else; each further right is
    one `allow`. The CDK's grants are switched off, so that rights never appear by themselves.

    No more than `concurrency` of it run at once, and that many always may.

    With `snapshot` it starts from a picture of its memory after its imports. Only a published
    version has one, hence others call it by its alias `live`.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        *,
        service: str,
        handler: str,
        timeout: int,
        memory: int = 256,
        environment: Mapping[str, str] | None = None,
        concurrency: int | None = None,
        snapshot: bool = False,
    ) -> None:
        super().__init__(scope, name)
        config = deployment.config
        log = log_group(self, "Logs", config)
        self._rights = iam.PolicyDocument()
        self.role = service_role(self, "Role", "lambda", self._rights)
        self._allow_log_and_traces(log)
        self.function = lambda_.Function(
            self,
            "Resource",
            code=code_of(handler),
            handler=handler,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            timeout=cdk.Duration.seconds(timeout),
            memory_size=memory,
            reserved_concurrent_executions=concurrency or config.concurrency.others,
            role=self.role.without_policy_updates(),
            log_group=log,
            tracing=lambda_.Tracing.ACTIVE,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snapshot else None,
            environment={
                "STAGE": config.stage,
                "LOG_LEVEL": config.log_level,
                "POWERTOOLS_SERVICE_NAME": service,
                **(environment or {}),
            },
        )
        self.timeout = timeout
        self._called: lambda_.FunctionBase | lambda_.Alias = (
            self._live() if snapshot else self.function
        )
        self._add_alarms()

    @property
    def arn(self) -> str:
        """What others call: the function, or its alias if it has one."""
        return self._called.function_arn

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        """One more right, in the role's own inline policy."""
        self._rights.add_statements(right(list(actions), list(resources), conditions))

    def deny(self, actions: Sequence[str], conditions: Mapping[str, Any]) -> None:
        """Takes actions on everything away again, under conditions."""
        refused = iam.PolicyStatement(
            effect=iam.Effect.DENY, actions=list(actions), resources=["*"], conditions=conditions
        )
        self._rights.add_statements(refused)

    def add_environment(self, name: str, value: str) -> None:
        """One more variable, for what stands on the function's own role."""
        self.function.add_environment(name, value)

    def _live(self) -> lambda_.Alias:
        about = cdk.Annotations.of(self.function)
        about.acknowledge_warning("@aws-cdk/aws-lambda:snapStartRequirePublish", "it is published")
        # The generated class names a parameter otherwise than its interface, hence the cast.
        version = cast("lambda_.IVersion", self.function.current_version)
        return lambda_.Alias(self, "Live", alias_name="live", version=version)

    def _allow_log_and_traces(self, log: logs.ILogGroup) -> None:
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log.log_group_arn])
        # X-Ray has no resource-level permission for writing traces.
        self.allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"])

    def _add_alarms(self) -> None:
        five_minutes = cdk.Duration.minutes(5)
        alarm_when(self, "Errors", self.function.metric_errors(period=five_minutes), above=0)
        alarm_when(self, "Throttles", self.function.metric_throttles(period=five_minutes), above=0)
        slowest = self.function.metric_duration(period=five_minutes, statistic="p99")
        alarm_when(self, "NearTimeout", slowest, above=round(self.timeout * 1000 * _NEAR))
