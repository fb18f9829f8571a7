"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops.problems import ANSWERS
from functions.workflow_loops.problems_executions import ANSWERS as OF_EXECUTIONS
from functions.workflow_loops.routes import executions, starts, versions, workflows
from functions.workflow_loops.settings import WorkflowSettings
from shared.workflows.paths import own


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    routers = [routes.router for routes in (starts, workflows, versions, executions)]
    answers = {**ANSWERS, **OF_EXECUTIONS}
    return assemble(
        "Millrace workflows", routers, told, answers, exposed=["ETag", "Location"], own=own
    )
