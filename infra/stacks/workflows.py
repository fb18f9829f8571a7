"""Workflows: their API, and what runs their nodes."""

from __future__ import annotations

from constructs import Construct

from infra.config import StageConfig
from infra.constructs.node_runner import NodeRunner
from infra.constructs.service_function import Deployment
from infra.constructs.triggered_runs import TriggeredRuns
from infra.constructs.workflow_api import WorkflowApi
from infra.constructs.workflow_upkeep import WorkflowUpkeep
from infra.stacks.application import ApplicationStack
from infra.stacks.data import DataStack
from infra.stacks.events import EventsStack
from infra.stacks.readable import ReadableStack


class WorkflowsStack(ReadableStack):
    """Stands behind the HTTP API of the application, with routes of its own."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        config: StageConfig,
        *,
        data: DataStack,
        events: EventsStack,
        application: ApplicationStack,
    ) -> None:
        super().__init__(scope, name, description="Millrace: workflows and their node runner")
        deployment = Deployment(config)
        runner = NodeRunner(self, "nodes", deployment, data.data, application.sender)
        made = WorkflowApi(
            self, "workflows", deployment, data.data, runner, host=application.api.host
        )
        application.api.serve_workflows(made, made.function)
        told = {**made.environment, "ALLOWED_HOSTS": application.api.host}
        WorkflowUpkeep(self, "upkeep", deployment, data.data, events.bus, runner, told)
        TriggeredRuns(self, deployment, data.data, application.triggered, runner, told)
