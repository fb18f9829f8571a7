"""The seeds' own stack, as small as it can be: FastAPI, Redis, a Celery worker, four tasks.

`api` takes a lead and queues a chain; the tasks are our nodes' own functions, and the last one
keeps the result. State is in the broker's Redis, so the peer pays for no database.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import redis
from celery import Celery, chain
from fastapi import FastAPI

from shared.crm.lead import NewLead
from shared.pipelines.definition import load_definitions
from shared.pipelines.programs import load_node
from shared.platform.clock import iso, utc_now
from shared.platform.ids import new_id

DONE: Final = "done"
"""The list that names the leads whose result stands."""
_BROKER: Final = os.environ.get("PEER_BROKER", "redis://127.0.0.1:6379/0")
_PIPELINE: Final = load_definitions(Path(__file__).parent.parent)[0]

api = FastAPI()
app = Celery("peer", broker=_BROKER, backend=_BROKER)
app.conf.update(broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)
_state: Final = redis.Redis.from_url(_BROKER)


@api.post("/leads/", status_code=201)
async def create(body: NewLead) -> dict[str, Any]:
    """Keeps a lead and queues its four tasks."""
    lead = {"id": new_id(), **body.model_dump(mode="json", exclude_none=True)}
    _state.set(f"lead:{lead['id']}", json.dumps(lead))
    context = {
        "tenant": "demo", "pipeline": _PIPELINE.name, "execution_id": lead["id"],
        "event_type": "lead.created", "entity": f"lead/{lead['id']}", "correlation_id": lead["id"],
        "time": iso(utc_now()),
    }  # fmt: skip
    item: dict[str, Any] = {"data": lead, "trace": [], "route": None, "context": context}
    chain(analyze.s(item), decide.s(), act.s(), keep.s()).apply_async()
    return lead


@api.get("/leads/{lead_id}/")
async def read(lead_id: str) -> dict[str, Any]:
    """A lead with what its tasks made of it."""
    found: dict[str, Any] = json.loads(_state.get(f"lead:{lead_id}") or b"{}")
    return found


@app.task(name="analyze")  # type: ignore[untyped-decorator]
def analyze(item: dict[str, Any]) -> dict[str, Any]:
    """The first node."""
    return load_node(_PIPELINE, "analyze").step(item)


@app.task(name="decide")  # type: ignore[untyped-decorator]
def decide(item: dict[str, Any]) -> dict[str, Any]:
    """The router."""
    return load_node(_PIPELINE, "decide").step(item)


@app.task(name="act")  # type: ignore[untyped-decorator]
def act(item: dict[str, Any]) -> dict[str, Any]:
    """The node of the branch that the router chose."""
    (node,) = _PIPELINE.routers["decide"][item["route"]]
    return load_node(_PIPELINE, node).step(item)


@app.task(name="keep")  # type: ignore[untyped-decorator]
def keep(item: dict[str, Any]) -> None:
    """Writes the result to the lead."""
    lead_id = item["context"]["execution_id"]
    lead = json.loads(_state.get(f"lead:{lead_id}") or b"{}")
    lead["pipelines"] = {_PIPELINE.name: {"trace": item["trace"], **item["data"]}}
    _state.set(f"lead:{lead_id}", json.dumps(lead))
    _state.rpush(DONE, lead_id)
