"""The application of workflows."""

from __future__ import annotations

from fastapi import FastAPI

from functions.web.assembly import assemble
from functions.workflow_loops.problems import ANSWERS
from functions.workflow_loops.problems_building import BUILDING
from functions.workflow_loops.routes import (
    catalogue,
    development,
    drawing,
    orchestrator,
    versions,
    workflows,
)
from functions.workflow_loops.settings import WorkflowSettings

BUILDERS = [routes.router for routes in (catalogue, orchestrator, drawing, development)]
"""Seed 001's paths, and what else those who draw workflows use."""


def create_app(told: WorkflowSettings) -> FastAPI:
    """The application under given settings."""
    routers = [*(routes.router for routes in (workflows, versions)), *BUILDERS]
    answers = {**ANSWERS, **BUILDING}
    exposed = ["ETag", "Location", "Link"]
    return assemble("Millrace workflows", routers, told, answers, exposed=exposed)
