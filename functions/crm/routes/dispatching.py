"""Events by hand: processed while the caller waits, or put onto the platform (seed 000)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from functions.crm.dependencies import CallerDep, ServicesDep
from functions.crm.noting import NotedDep
from functions.crm.once import known_id
from functions.crm.publishing_rate import PUBLISHING
from functions.web.access import PrincipalDep, needs
from shared.crm.idempotency import Answer
from shared.events.catalog import lookup
from shared.identity.rights import Right
from shared.pipelines.event_tasks import EventTask
from shared.platform.tables import Write

router = APIRouter(tags=["events"])

# Any type that starts a pipeline, hence more than the right to publish one's own.
_MAY: Final = needs(Right.EVENTS_PUBLISH, Right.PLATFORM_OPERATE)


class EventRequest(BaseModel):
    """An event as a client says it; without data it has none."""

    model_config = ConfigDict(extra="forbid")

    event_type: str = Field(min_length=1, description="One of the catalogue, or its old name.")
    data: dict[str, Any] = {}


class ProcessRequest(EventRequest):
    """An event to be processed at once."""

    pipeline: str | None = Field(
        None, description="Which pipeline is meant, where the type starts several."
    )


class Queued(BaseModel):
    """What became of an event that was put onto the platform."""

    message: str
    task_id: str


@router.post("/events/process/", dependencies=[_MAY, PUBLISHING])
async def process(
    body: ProcessRequest, caller: CallerDep, at: ServicesDep, noted: NotedDep
) -> dict[str, Any]:
    """The data after the event's pipeline; after a failure with `error` and `failed_node`.

    With an `Idempotency-Key` the pipeline's effects outside happen once, and so does its answer.
    """
    who = caller.principal

    def also(run: str, answer: Mapping[str, Any]) -> list[Write]:
        kept = at.once.writes(caller, lambda: Answer(200, json.dumps(answer), None))
        return [*noted("event.processed", run), *kept]

    with at.once.only(caller):
        return at.calls.process(
            who.tenant, who.subject, body.event_type, body.data, body.pipeline,
            known=known_id(caller), also=also,
        )  # fmt: skip


@router.post("/events/queue/", status_code=202, dependencies=[_MAY, PUBLISHING])
async def queue(body: EventRequest, caller: CallerDep, at: ServicesDep, noted: NotedDep) -> Queued:
    """Puts the event onto the platform; every pipeline that it starts runs there.

    With an `Idempotency-Key` a repeated request is the same task.
    """
    who = caller.principal

    def also(task: str) -> list[Write]:
        told = _queued(task).model_dump_json()
        kept = at.once.writes(caller, lambda: Answer(202, told, None))
        return [*noted("event.queued", task), *kept]

    with at.once.only(caller):
        return _queued(
            at.tasks.queue(
                who.tenant, who.subject, body.event_type, body.data, caller.request_id, also
            )
        )


def _queued(task: str) -> Queued:
    return Queued(message="Event queued for processing", task_id=task)


@router.get("/events/tasks/{task_id}/", dependencies=[_MAY])
async def task(task_id: str, who: PrincipalDep, at: ServicesDep) -> EventTask:
    """How far an event is that was put onto the platform."""
    return at.tasks.status(who.tenant, task_id)


@router.post("/pipeline/test-lead/", dependencies=[needs(Right.PLATFORM_OPERATE)])
async def try_lead(
    who: PrincipalDep, at: ServicesDep, body: Annotated[dict[str, Any] | None, Body()] = None
) -> dict[str, Any]:
    """What the lead pipeline makes of a lead, or of its sample; dry, so that no mail goes out."""
    data = body or dict(lookup("process_lead").sample)
    tried = at.calls.dry_run(who.tenant, "lead_pipeline", data, "process_lead")
    if tried.status == "completed":
        return dict(tried.data)
    said = {"error": tried.error, "failed_node": tried.failed_node, "status": "failed"}
    return {**tried.data, **said}
