"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops import problems, problems_connections
from functions.workflow_loops.routes import connections, versions, workflows
from functions.workflow_loops.settings import WorkflowSettings


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    routers = [routes.router for routes in (workflows, versions, connections)]
    answers = {**problems.ANSWERS, **problems_connections.ANSWERS}
    return assemble("Millrace workflows", routers, told, answers, exposed=["ETag", "Location"])
