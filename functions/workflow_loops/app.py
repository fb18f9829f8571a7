"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops.problems import ANSWERS
from functions.workflow_loops.problems_building import BUILDING
from functions.workflow_loops.routes import catalogue, drawing, orchestrator, versions, workflows
from functions.workflow_loops.settings import WorkflowSettings


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    routers = [routes.router for routes in (workflows, versions, catalogue, orchestrator, drawing)]
    answers = {**ANSWERS, **BUILDING}
    exposed = ["ETag", "Location", "Link"]
    return assemble("Millrace workflows", routers, told, answers, exposed=exposed)
