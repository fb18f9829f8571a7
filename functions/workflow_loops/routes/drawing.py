"""Nodes and connections of a draft, one at a time, under seed 001's paths."""

from __future__ import annotations

from fastapi import APIRouter

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.building import Building, BuildingDep
from functions.workflow_loops.orchestrator_views import (
    ConnectionPatch,
    ConnectionRow,
    Moved,
    NewConnection,
    NewNode,
    NodePatch,
    NodeRow,
)
from functions.workflow_loops.services import CallerDep
from shared.graph import Edge, FlowGraph, Node
from shared.graph.forms import field_problems
from shared.graph.model import Position
from shared.identity.rights import Right
from shared.platform.ids import new_id
from shared.workflows import drawing
from shared.workflows.canvas import raw_edge, raw_node

router = APIRouter(prefix="/workflow/{workflow_id}", tags=["seed 001: nodes and connections"])
_SEE = [needs(Right.WORKFLOWS_VIEW)]
_CHANGE = [needs(Right.WORKFLOWS_CHANGE)]


@router.get("/nodes/", dependencies=_SEE)
async def nodes(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> list[NodeRow]:
    """The nodes in the order in which they were added."""
    return [_node(at, one) for one in at.workflows.draft(who.tenant, workflow_id).nodes]


@router.post("/nodes/", status_code=201, dependencies=_CHANGE)
@router.post("/nodes/add/", status_code=201, dependencies=_CHANGE)
async def add_node(workflow_id: str, body: NewNode, caller: CallerDep, at: BuildingDep) -> NodeRow:
    """Adds a node; its form may still be incomplete, and `warnings` says where."""
    if at.registry.find(body.type) is None:
        fix = "use an identifier that GET /nodes/ lists"
        raise BadRequestError("nodeTemplate", f"there is no node type {body.type!r:.80}", fix)
    node = Node(
        id=body.id or new_id(), type=body.type, name=body.name, config=body.form_values,
        position=Position(x=body.position.x, y=body.position.y),
    )  # fmt: skip
    at.workflows.redraw(caller, workflow_id, lambda graph: drawing.with_node(graph, node))
    return _node(at, node)


@router.get("/nodes/{node_id}/", dependencies=_SEE)
async def node(workflow_id: str, node_id: str, who: PrincipalDep, at: BuildingDep) -> NodeRow:
    """One node."""
    return _node(at, drawing.node_of(at.workflows.draft(who.tenant, workflow_id), node_id))


@router.put("/nodes/{node_id}/", dependencies=_CHANGE)
@router.patch("/nodes/{node_id}/", dependencies=_CHANGE)
async def change_node(
    workflow_id: str, node_id: str, body: NodePatch, caller: CallerDep, at: BuildingDep
) -> NodeRow:
    """Changes name, form or place."""

    def drawn(graph: FlowGraph) -> FlowGraph:
        if body.form_values is not None:
            graph = drawing.configured(graph, node_id, body.form_values)
        if body.position is not None:
            graph = drawing.moved(graph, node_id, body.position.x, body.position.y)
        name = drawing.node_of(graph, node_id).name if body.name is None else body.name
        return drawing.changed_node(graph, node_id, name=name)

    at.workflows.redraw(caller, workflow_id, drawn)
    return await node(workflow_id, node_id, caller.principal, at)


@router.patch("/nodes/{node_id}/position/", dependencies=_CHANGE)
async def move_node(
    workflow_id: str, node_id: str, body: Moved, caller: CallerDep, at: BuildingDep
) -> NodeRow:
    """Draws a node elsewhere."""
    x, y = body.position.x, body.position.y
    at.workflows.redraw(caller, workflow_id, lambda graph: drawing.moved(graph, node_id, x, y))
    return await node(workflow_id, node_id, caller.principal, at)


@router.delete("/nodes/{node_id}/", status_code=204, dependencies=_CHANGE)
@router.delete("/nodes/{node_id}/remove/", status_code=204, dependencies=_CHANGE)
async def remove_node(workflow_id: str, node_id: str, caller: CallerDep, at: BuildingDep) -> None:
    """Removes a node with its connections."""
    at.workflows.redraw(caller, workflow_id, lambda graph: drawing.without_node(graph, node_id))


@router.get("/connections/", dependencies=_SEE)
async def connections(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> list[ConnectionRow]:
    """The connections in the order that joins go by."""
    return [_edge(one) for one in at.workflows.draft(who.tenant, workflow_id).edges]


@router.post("/connections/", status_code=201, dependencies=_CHANGE)
@router.post("/connections/add/", status_code=201, dependencies=_CHANGE)
async def connect(
    workflow_id: str, body: NewConnection, caller: CallerDep, at: BuildingDep
) -> ConnectionRow:
    """Connects two nodes."""
    edge = drawing.edge_between(body.source, body.target, body.source_handle, body.target_handle)
    at.workflows.redraw(caller, workflow_id, lambda graph: drawing.connected(graph, edge))
    return _edge(edge)


@router.get("/connections/{connection_id}/", dependencies=_SEE)
async def connection(
    workflow_id: str, connection_id: str, who: PrincipalDep, at: BuildingDep
) -> ConnectionRow:
    """One connection."""
    graph = at.workflows.draft(who.tenant, workflow_id)
    return _edge(drawing.edge_of(graph, connection_id))


@router.put("/connections/{connection_id}/", dependencies=_CHANGE)
@router.patch("/connections/{connection_id}/", dependencies=_CHANGE)
async def reconnect(
    workflow_id: str,
    connection_id: str,
    body: ConnectionPatch,
    caller: CallerDep,
    at: BuildingDep,
) -> ConnectionRow:
    """Connects other nodes instead; the id is that of the new ends."""
    made: list[Edge] = []

    def drawn(graph: FlowGraph) -> FlowGraph:
        old = drawing.edge_of(graph, connection_id)
        handle = old.source_handle if body.source_handle is None else body.source_handle
        source, target = body.source or old.source, body.target or old.target
        made[:] = [drawing.edge_between(source, target, handle, old.target_handle)]
        return drawing.reconnected(graph, connection_id, made[0])

    at.workflows.redraw(caller, workflow_id, drawn)
    return _edge(made[0])


@router.delete("/connections/{connection_id}/", status_code=204, dependencies=_CHANGE)
@router.delete("/connections/{connection_id}/remove/", status_code=204, dependencies=_CHANGE)
async def disconnect(
    workflow_id: str, connection_id: str, caller: CallerDep, at: BuildingDep
) -> None:
    """Removes a connection."""
    at.workflows.redraw(
        caller, workflow_id, lambda graph: drawing.disconnected(graph, connection_id)
    )


def _node(at: Building, found: Node) -> NodeRow:
    definition = at.registry.find(found.type)
    problems = field_problems(definition, found.config) if definition else []
    warnings = [{"field": one.field, "problem": one.problem} for one in problems]
    return NodeRow(**raw_node(found), warnings=warnings)


def _edge(found: Edge) -> ConnectionRow:
    return ConnectionRow(**raw_edge(found))
