"""Event triggers of a draft: tried with an event that nobody publishes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.services import ServicesDep
from shared.events.catalog.registry import (
    InvalidEventDataError,
    UnknownEventTypeError,
    lookup,
)
from shared.events.envelope import Event
from shared.events.triggers import seen, wanting
from shared.identity.rights import Right
from shared.platform.clock import utc_now
from shared.workflows.triggering import triggers_of

router = APIRouter(tags=["workflows"])


class TriggerTrial(BaseModel):
    """An event that might happen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(min_length=1, max_length=100)
    data: dict[str, Any] | None = Field(None, description="The type's sample, unless told.")


class TriggerAnswer(BaseModel):
    """Whether the event would start the draft, were it published."""

    starts: bool
    nodes: list[str] = Field(description="The event triggers whose types and filter want it.")
    event: dict[str, Any] = Field(description="As the run would get it.")


@router.post("/workflows/{workflow_id}/triggers/test/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def try_triggers(
    workflow_id: str, body: TriggerTrial, who: PrincipalDep, at: ServicesDep
) -> TriggerAnswer:
    """Looks whether an event would start the draft; nothing happens.

    Conditions are looked at in the run, and not here.
    """
    graph = at.workflows.sound_draft(who.tenant, workflow_id)
    event = _event(body, who.tenant)
    shown = seen(event)
    nodes = wanting(triggers_of(graph, at.registry), event.event_type, shown)
    return TriggerAnswer(starts=bool(nodes), nodes=list(nodes), event=shown)


def _event(body: TriggerTrial, tenant: str) -> Event:
    try:
        kind = lookup(body.type)
        data = kind.check(kind.sample if body.data is None else body.data)
    except UnknownEventTypeError as error:
        raise BadRequestError("type", str(error), "take a known one") from None
    except InvalidEventDataError as error:
        raise BadRequestError("data", str(error), "send what the type declares") from None
    return Event(
        kind.name, data, version=kind.version, source=kind.source, tenant=tenant, time=utc_now(),
        topics=kind.topics,
    )  # fmt: skip
