"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops.problems import ANSWERS
from functions.workflow_loops.problems_building import BUILDING
from functions.workflow_loops.problems_executions import ANSWERS as OF_EXECUTIONS
from functions.workflow_loops.routes import (
    catalogue,
    development,
    drawing,
    execution,
    executions,
    hooks,
    orchestrator,
    running,
    starts,
    transfer,
    versions,
    workflows,
)
from functions.workflow_loops.settings import WorkflowSettings
from shared.workflows.paths import own

BUILDERS = [catalogue, running, orchestrator, drawing, development, hooks, transfer]
"""Seed 001's paths, and what else those who draw workflows use."""


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    modules = [starts, workflows, versions, executions, execution, *BUILDERS]
    routers = [routes.router for routes in modules]
    answers = {**ANSWERS, **OF_EXECUTIONS, **BUILDING}
    exposed = ["ETag", "Location", "Link"]
    return assemble("Millrace workflows", routers, told, answers, exposed=exposed, own=own)
