"""What runs workflows on AWS: state machines, or the node runner in one call."""

from __future__ import annotations

from dataclasses import dataclass

from functions.workflow_loops.settings import WorkflowSettings, settings
from shared.platform.dynamo import DynamoTables
from shared.platform.flow_machines import FlowMachines, FlowRuns
from shared.platform.lambda_runs import LambdaFlowRuns
from shared.platform.step_functions import MachinePlace, StepFunctionsFlowMachines
from shared.platform.tables import Tables
from shared.workflows.executions.publishers import IdentityPublishers, Publishers


@dataclass(frozen=True, slots=True)
class Engines:
    """What runs workflows, and who may still have published them."""

    machines: FlowMachines
    runs: FlowRuns
    publishers: Publishers


def aws_engines() -> Engines:
    """The engines of this process."""
    told, tables = settings(), DynamoTables()
    publishers = IdentityPublishers(tables, told.identity_table)
    return Engines(_machines(tables, told), LambdaFlowRuns(told.node_runner_arn), publishers)


def _machines(tables: Tables, told: WorkflowSettings) -> FlowMachines:
    place = MachinePlace(
        told.machine_role_arn, told.node_runner_arn, told.workflows_table, told.machines_per_tenant
    )
    return StepFunctionsFlowMachines(tables, place)
