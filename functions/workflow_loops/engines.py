"""What runs published versions: state machines, or the node runner in one call."""

from __future__ import annotations

from functions.workflow_loops.settings import WorkflowSettings
from shared.platform.flow_machines import FlowMachines, FlowRuns
from shared.platform.lambda_runs import LambdaFlowRuns
from shared.platform.step_functions import MachinePlace, StepFunctionsFlowMachines
from shared.platform.tables import Tables


def machines(tables: Tables, told: WorkflowSettings) -> FlowMachines:
    """State machines in Step Functions."""
    place = MachinePlace(
        told.machine_role_arn, told.node_runner_arn, told.workflows_table, told.machines_per_tenant
    )
    return StepFunctionsFlowMachines(tables, place)


def runs(told: WorkflowSettings) -> FlowRuns:
    """Calls of the node runner."""
    return LambdaFlowRuns(told.node_runner_arn)
