"""Workflows: their API, and what runs their nodes."""

from __future__ import annotations

from constructs import Construct

from infra.config import StageConfig
from infra.constructs.service_function import Deployment
from infra.constructs.workflow_api import WorkflowApi
from infra.stacks.application import ApplicationStack
from infra.stacks.data import DataStack
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
        application: ApplicationStack,
    ) -> None:
        super().__init__(scope, name, description="Millrace: workflows and their node runner")
        made = WorkflowApi(
            self,
            "workflows",
            Deployment(config),
            data.data,
            host=application.api.host,
            sender=application.sender,
        )
        application.api.serve_workflows(made, made.function)
