"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops import (
    problems,
    problems_building,
    problems_connections,
    problems_executions,
    problems_models,
    problems_setup,
)
from functions.workflow_loops.routes import (
    buckets,
    catalogue,
    connections,
    development,
    drawing,
    execution,
    executions,
    hooks,
    models,
    notices,
    opt_outs,
    orchestrator,
    running,
    starts,
    texts,
    tools,
    transfer,
    triggers,
    versions,
    workflows,
)
from functions.workflow_loops.settings import WorkflowSettings
from shared.workflows.paths import own

# A bucket's path would be read as a connection's: theirs go first.
_PARTS = (
    starts, workflows, versions, executions, execution, models, tools, buckets, connections, texts,
    opt_outs, notices, triggers,
)  # fmt: skip
_BUILDING = (catalogue, running, orchestrator, drawing, development, hooks, transfer)
"""Seed 001's paths, and what else those who draw workflows use."""
_ANSWERS = (
    problems, problems_building, problems_executions, problems_models, problems_connections,
    problems_setup,
)  # fmt: skip


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    routers = [routes.router for routes in (*_PARTS, *_BUILDING)]
    answers = {error: answer for part in _ANSWERS for error, answer in part.ANSWERS.items()}
    exposed = ["ETag", "Location", "Link"]
    return assemble("Millrace workflows", routers, told, answers, exposed=exposed, own=own)
