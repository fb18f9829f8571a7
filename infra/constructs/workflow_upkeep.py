"""What workflows need while nobody asks: machines and runs that are left over, failed runs.

schedule ──> collector of machines        schedule ──> sweeper of overdue runs
Step Functions ── a machine ended otherwise than well ──> queue ──> the same sweeper
bus ── execution.failed ──> queue ──> starter of the workflow that is meant for failures
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import MAX_ATTEMPTS
from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.node_runner import MACHINES, NodeRunner
from infra.constructs.queue_with_dead_letters import TAKE, QueueWithDeadLetters
from infra.constructs.schedule import repeat
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import DUE, GET, PUT, index_arn
from shared.platform.flow_machines import PREFIX

_LONG_SECONDS: Final = 300
_SHORT_SECONDS: Final = 60
_DELETE: Final = ("dynamodb:DeleteItem",)


class WorkflowUpkeep(Construct):
    """Functions `MachineCollectorFunction`, `OverdueFunction` and `FailureStarterFunction`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        bus: events.IEventBus,
        runner: NodeRunner,
        environment: Mapping[str, str],
    ) -> None:
        """`environment` is that of the API, whose services these functions call."""
        super().__init__(scope, name)
        self._deployment, self._data, self._bus = deployment, data, bus
        self._runner, self._environment = runner, environment
        self._collect_machines()
        self._close_overdue()
        self._start_for_failures()

    def _function(self, name: str, handler: str, timeout: int) -> ServiceFunction:
        return ServiceFunction(
            self,
            f"{name}Function",
            self._deployment,
            service=handler,
            handler=f"functions.workflow_loops.{handler}.handler",
            timeout=timeout,
            memory=512,
            environment=self._environment,
        )

    def _collect_machines(self) -> None:
        made = self._function("MachineCollector", "collector", _LONG_SECONDS)
        made.allow(GET, [self._data.crm.table_arn])
        made.allow(_DELETE, [self._data.workflows.table_arn])
        # Listing machines has no resource-level permission.
        made.allow(["states:ListStateMachines"], ["*"])
        machines = own_arn("states", MACHINES)
        made.allow(["states:ListTagsForResource", "states:ListExecutions"], [machines])
        made.allow(["states:DeleteStateMachine"], [machines])
        repeat(self, "MachineCollector", made, "rate(1 hour)")

    def _close_overdue(self) -> None:
        made = self._function("Overdue", "overdue", _SHORT_SECONDS)
        data = self._data
        made.allow([*GET, *PUT, "dynamodb:UpdateItem"], [data.executions.table_arn])
        made.allow(["dynamodb:Query"], [index_arn(data.executions, DUE)])
        made.allow(PUT, [data.crm.table_arn])
        made.allow(["states:StopExecution"], [own_arn("states", f"execution:{PREFIX}*")])
        # A run that was waited for tells so that it is over.
        made.allow(["states:SendTaskSuccess"], [own_arn("states", MACHINES)])
        # A run of one call that waited long enough goes on.
        made.allow(["lambda:InvokeFunction"], [self._runner.function.arn])
        repeat(self, "Overdue", made, "rate(5 minutes)")
        self._hear_of_machines(made)

    def _hear_of_machines(self, overdue: ServiceFunction) -> None:
        """A machine that ends outside its tasks has written no end of its run."""
        delivery = self._queue("EndedMachine")
        machines = own_arn("states", f"stateMachine:{PREFIX}")
        pattern = events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                "stateMachineArn": [{"prefix": machines}],
            },
        )
        events.Rule(
            self,
            "EndedMachineRule",
            description="Machines of workflows that ended otherwise than well",
            event_pattern=pattern,
            targets=[delivery.as_target()],
        )
        self._consume("EndedMachine", overdue, delivery)

    def _start_for_failures(self) -> None:
        data = self._data
        delivery = self._queue("Failure")
        events.Rule(
            self,
            "FailureRule",
            event_bus=self._bus,
            description="Runs of workflows that failed",
            event_pattern=events.EventPattern(
                source=["millrace.executions"], detail_type=["execution.failed"]
            ),
            targets=[delivery.as_target()],
        )
        made = self._function("FailureStarter", "failure_starter", _SHORT_SECONDS)
        made.allow([*GET, *PUT], [data.executions.table_arn])
        made.allow(PUT, [data.crm.table_arn])
        read = (data.crm, data.workflows, data.identity, data.inbox)
        made.allow(GET, [table.table_arn for table in read])
        made.allow(PUT, [data.inbox.table_arn])
        # A start is counted beside its workflow; the workflow itself is not its to write.
        counts = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#last_runs"]}}
        made.allow(PUT, [data.workflows.table_arn], counts)
        made.allow(["states:StartExecution"], [own_arn("states", MACHINES)])
        made.allow(["lambda:InvokeFunction"], [self._runner.function.arn])
        self._consume("Failure", made, delivery)

    def _queue(self, name: str) -> QueueWithDeadLetters:
        return QueueWithDeadLetters(
            self, name, consumer_timeout=_SHORT_SECONDS, max_receives=MAX_ATTEMPTS
        )

    def _consume(
        self, name: str, function: ServiceFunction, delivery: QueueWithDeadLetters
    ) -> None:
        function.allow(TAKE, [delivery.queue.queue_arn])
        lambda_.CfnEventSourceMapping(
            self,
            f"{name}QueueMapping",
            function_name=function.function.function_name,
            event_source_arn=delivery.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=2
            ),
        )
