"""Pipelines: which there are, and how one is tried without doing anything."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from functions.crm.catalogue import PipelineView, views
from functions.crm.dependencies import ServicesDep
from functions.web.access import PrincipalDep, needs
from shared.events.catalog import lookup
from shared.identity.rights import Right
from shared.pipelines.calling import NoSuchPipelineError, Tried

router = APIRouter(tags=["pipelines"])


class PipelinesView(BaseModel):
    """The pipelines there are, by name."""

    pipelines: list[PipelineView]


class Sample(BaseModel):
    """Data that a pipeline can be tried with."""

    event_type: str
    data: dict[str, Any]


class SamplesView(BaseModel):
    """A sample of each event type that starts a pipeline."""

    samples: list[Sample]


class PipelineTrial(BaseModel):
    """What a pipeline, or one node of it, is tried with."""

    model_config = ConfigDict(extra="forbid")

    data: dict[str, Any] = {}
    event_type: str | None = None
    """As which event it shall be told to run; the first that starts it unless said."""


@router.get("/pipelines/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def pipelines(at: ServicesDep) -> PipelinesView:
    """The pipelines there are, what starts them, and what each node asks for and adds."""
    return PipelinesView(pipelines=views(at.pipelines))


@router.get("/pipelines/{pipeline}/samples/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def samples(pipeline: str, at: ServicesDep) -> SamplesView:
    """Data to try a pipeline with, from the catalogue of events."""
    if pipeline not in at.pipelines:
        raise NoSuchPipelineError(f"Pipeline '{pipeline}' not found")
    kinds = [lookup(event_type) for event_type in at.pipelines[pipeline]]
    return SamplesView(samples=[Sample(event_type=k.name, data=dict(k.sample)) for k in kinds])


@router.post("/pipelines/{pipeline}/test/", dependencies=[needs(Right.PLATFORM_OPERATE)])
async def try_pipeline(
    pipeline: str, body: PipelineTrial, who: PrincipalDep, at: ServicesDep
) -> Tried:
    """Runs every node and changes nothing: what it would do outside is written down instead."""
    return at.calls.dry_run(who.tenant, pipeline, body.data, body.event_type)


@router.post(
    "/pipelines/{pipeline}/nodes/{node}/test/", dependencies=[needs(Right.PLATFORM_OPERATE)]
)
async def try_node(
    pipeline: str, node: str, body: PipelineTrial, who: PrincipalDep, at: ServicesDep
) -> Tried:
    """Runs one node alone with this data, and changes nothing."""
    return at.calls.dry_node(who.tenant, pipeline, node, body.data, body.event_type)
