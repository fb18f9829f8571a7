"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops import problems, problems_connections, problems_setup
from functions.workflow_loops.routes import (
    buckets,
    connections,
    notices,
    opt_outs,
    texts,
    versions,
    workflows,
)
from functions.workflow_loops.settings import WorkflowSettings


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    # A bucket's path would be read as a connection's: theirs go first.
    parts = (workflows, versions, buckets, connections, texts, opt_outs, notices)
    routers = [routes.router for routes in parts]
    answers = {**problems.ANSWERS, **problems_connections.ANSWERS, **problems_setup.ANSWERS}
    return assemble("Millrace workflows", routers, told, answers, exposed=["ETag", "Location"])
