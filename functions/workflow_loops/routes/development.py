"""Parts of drafts that are run by whoever draws them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.building import BuildingDep
from functions.workflow_loops.development_views import (
    IterationRun,
    NamedNode,
    NodeRun,
    PathRun,
    PinBody,
)
from functions.workflow_loops.ended import iterated, ran, shown
from functions.workflow_loops.services import CallerDep
from shared.identity.rights import Right
from shared.workflows.development.bench import Wish
from shared.workflows.drawing import configured, node_of

router = APIRouter(tags=["development"])
_RUN = [needs(Right.WORKFLOWS_CHANGE, Right.WORKFLOWS_RUN, cost=20)]
_SEE = [needs(Right.WORKFLOWS_VIEW)]
_CHANGE = [needs(Right.WORKFLOWS_CHANGE)]
OLD, OURS = "/workflow/{workflow_id}", "/workflows/{workflow_id}/development"


@router.post(f"{OLD}/execute_and_save_node/", dependencies=_RUN)
async def run_node(
    workflow_id: str, body: NodeRun, caller: CallerDep, at: BuildingDep
) -> dict[str, Any]:
    """Keeps a node's form, runs the node and keeps what it gave."""
    await _configure(at, caller, workflow_id, body)
    wish = Wish(
        caller.principal, workflow_id, body.node_id, given=body.input_data,
        session=body.session_id or "", seconds=body.timeout,
    )  # fmt: skip
    ended = await at.bench.node(wish)
    node = node_of(at.workflows.draft(*wish.at), body.node_id)
    return ran(node, ended, body.session_id, body.timeout)


@router.post(f"{OLD}/execute_for_each_iteration/", dependencies=_RUN)
async def run_iteration(
    workflow_id: str, body: IterationRun, caller: CallerDep, at: BuildingDep
) -> dict[str, Any]:
    """Runs a loop's body for one item; without an index, for the one after the last."""
    await _configure(at, caller, workflow_id, body)
    wish = Wish(
        caller.principal, workflow_id, body.node_id, given=body.input_data,
        seconds=body.timeout,
    )  # fmt: skip
    return await iterated(at.bench, wish, body.iteration_index)


@router.post(f"{OLD}/clear_node_output/", dependencies=_CHANGE)
async def clear_node(
    workflow_id: str, body: NamedNode, caller: CallerDep, at: BuildingDep
) -> dict[str, Any]:
    """Forgets what a node gave."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    node_of(at.workflows.draft(caller.principal.tenant, workflow_id), body.node_id)
    cleared = at.bench.outputs.clear(caller.principal.tenant, workflow_id, body.node_id)
    return {"success": True, "node_id": body.node_id, "cleared": cleared}


@router.get(f"{OLD}/nodes/{{node_id}}/input/", dependencies=_SEE)
async def node_input(
    workflow_id: str, node_id: str, who: PrincipalDep, at: BuildingDep
) -> dict[str, Any]:
    """What would enter a node now."""
    data = at.bench.input((who.tenant, workflow_id), node_id)
    return {"node_id": node_id, "input": data, "input_data": data}


@router.get(f"{OLD}/nodes/{{node_id}}/output/", dependencies=_SEE)
async def node_output(
    workflow_id: str, node_id: str, who: PrincipalDep, at: BuildingDep
) -> dict[str, Any]:
    """What a node gave last, and whether it still counts."""
    return shown(*at.bench.output((who.tenant, workflow_id), node_id))


@router.post(f"{OURS}/run/", dependencies=_RUN)
async def run_path(
    workflow_id: str, body: PathRun, caller: CallerDep, at: BuildingDep
) -> dict[str, Any]:
    """Runs the draft, or what leads to a node; what stands and still counts is used again."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_RUN)
    wish = Wish(
        caller.principal, workflow_id, body.until or "", forms=body.form_values,
        given=body.input, seconds=body.timeout,
    )  # fmt: skip
    ended = await at.bench.until(wish, reuse=body.reuse)
    entries = ended.told["record"]["entries"]
    statuses = {e["node"]: e["status"] for e in entries if not e.get("path")}
    return {
        "success": ended.ok, "status": ended.status, "input": ended.entered,
        "output": ended.output, "error": ended.error, "nodes": statuses,
        "waits_for": ended.told["waits_for"],
    }  # fmt: skip


@router.get(f"{OURS}/outputs/", dependencies=_SEE)
async def outputs(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> dict[str, Any]:
    """What stands for the nodes of a draft."""
    found = at.bench.standing((who.tenant, workflow_id))
    return {"outputs": [shown(output, why) for output, why in found]}


@router.delete(f"{OURS}/outputs/", dependencies=_CHANGE)
async def clear(workflow_id: str, caller: CallerDep, at: BuildingDep) -> dict[str, int]:
    """Forgets what all nodes gave."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    return {"cleared": at.bench.outputs.clear(caller.principal.tenant, workflow_id)}


@router.get(f"{OURS}/pins/", dependencies=_SEE)
async def pins(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> dict[str, Any]:
    """The pins of a draft, by node."""
    at.workflows.get(who.tenant, workflow_id)
    return {"pins": at.bench.pins.all(who.tenant, workflow_id)}


@router.put(f"{OURS}/pins/{{node_id}}/", dependencies=_CHANGE)
async def pin(
    workflow_id: str, node_id: str, body: PinBody, caller: CallerDep, at: BuildingDep
) -> dict[str, Any]:
    """Puts a value in the place of running a node, in development only."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    tenant = caller.principal.tenant
    node_of(at.workflows.draft(tenant, workflow_id), node_id)
    return at.bench.pins.set(tenant, workflow_id, node_id, body.value, body.route)


@router.delete(f"{OURS}/pins/{{node_id}}/", dependencies=_CHANGE)
async def unpin(
    workflow_id: str, node_id: str, caller: CallerDep, at: BuildingDep
) -> dict[str, int]:
    """Takes a pin off."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    return {"cleared": at.bench.pins.clear(caller.principal.tenant, workflow_id, node_id)}


@router.delete(f"{OURS}/pins/", dependencies=_CHANGE)
async def unpin_all(workflow_id: str, caller: CallerDep, at: BuildingDep) -> dict[str, int]:
    """Takes all pins off."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    return {"cleared": at.bench.pins.clear(caller.principal.tenant, workflow_id)}


async def _configure(
    at: BuildingDep, caller: CallerDep, workflow_id: str, body: NodeRun | IterationRun
) -> None:
    """Whoever runs a node of a draft may also draw it; a form that is given becomes the node's."""
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_RUN)
    values = body.form_values
    if values is not None:
        at.workflows.redraw(
            caller, workflow_id, lambda graph: configured(graph, body.node_id, values)
        )
