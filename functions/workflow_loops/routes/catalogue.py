"""Node types and their forms, for those who draw workflows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.building import Building, BuildingDep
from functions.workflow_loops.catalogue_views import (
    Categories,
    ChangedForm,
    CheckedText,
    Count,
    NodeTypes,
    Options,
    OptionsAsked,
    TextAsked,
)
from functions.workflow_loops.development_views import SessionNamed, TypeRun
from functions.workflow_loops.ended import InvalidFormError, ran
from shared.graph import Node
from shared.identity.rights import Right
from shared.nodes.forms import check_before_run, check_text, document, form_of, open_form
from shared.nodes.forms.declared import DeclaredForm
from shared.workflows.workflow import WorkflowType

router = APIRouter(prefix="/nodes", tags=["node types"])
_SEE = [needs(Right.WORKFLOWS_VIEW)]

For = Annotated[WorkflowType | None, Query()]
Search = Annotated[str, Query(max_length=100)]


@router.get("/", dependencies=_SEE)
async def tree(at: BuildingDep, workflow_type: For = None, search: Search = "") -> Categories:
    """The types by category; those of one type of workflow, or whose words match."""
    found = [
        {**one, "nodes": [each for each in one["nodes"] if _fits(each, workflow_type, search)]}
        for one in at.catalogue.by_category()
    ]
    full = [one for one in found if one["nodes"]]
    return Categories(categories=full, count=sum(len(one["nodes"]) for one in full))


@router.get("/flat/", dependencies=_SEE)
async def flat(at: BuildingDep, workflow_type: For = None, search: Search = "") -> NodeTypes:
    """The types as a list, by identifier."""
    found = [each for each in at.catalogue.flat() if _fits(each, workflow_type, search)]
    return NodeTypes(nodes=found, count=len(found))


@router.get("/count/", dependencies=_SEE)
async def count(at: BuildingDep) -> Count:
    """How many types there are."""
    return Count(count=at.catalogue.count())


@router.post("/refresh/", dependencies=[needs(Right.WORKFLOWS_VIEW, cost=1)])
async def refresh(at: BuildingDep) -> Count:
    """How many types there are; they come with the code, so that there is nothing to read anew."""
    return Count(count=at.catalogue.count())


@router.get("/{identifier}/", dependencies=_SEE)
async def node_type(identifier: str, at: BuildingDep) -> dict[str, Any]:
    """One type with the schema of its configuration."""
    return at.catalogue.node(identifier)


@router.get("/{identifier}/form/", dependencies=_SEE)
async def form(identifier: str, who: PrincipalDep, at: BuildingDep) -> dict[str, Any]:
    """The empty form of a type."""
    return await at.catalogue.form(identifier, {}, at.ports(who.tenant))


@router.post("/{identifier}/form/update/", dependencies=[needs(Right.WORKFLOWS_VIEW, cost=1)])
async def update_form(
    identifier: str, body: ChangedForm, who: PrincipalDep, at: BuildingDep
) -> dict[str, Any]:
    """The form after `field_values` were changed; what depends on them is loaded anew."""
    ports = at.ports(who.tenant)
    return await at.catalogue.form(identifier, body.form_values, ports, body.field_values)


@router.post("/{identifier}/field-options/", dependencies=[needs(Right.WORKFLOWS_VIEW, cost=1)])
async def field_options(
    identifier: str, body: OptionsAsked, who: PrincipalDep, at: BuildingDep
) -> Options:
    """The choices of a field for a value of the field that it depends on."""
    fields = _form(at, identifier)
    name, parent = (next(iter(fields.values({one: None})))
                    for one in (body.dependent_field, body.parent_field))  # fmt: skip
    child = fields.fields.get(name)
    if child is None or parent not in child.dependencies:
        known = [f"{one.name} on {', '.join(one.dependencies)}" for one in fields.fields.values()
                 if one.dependencies]  # fmt: skip
        fix = f"there is {'; '.join(known)}" if known else "no field of this type depends on any"
        problem = f"it does not depend on {body.parent_field!r:.80}"
        raise BadRequestError("dependent_field", problem, fix)
    changes = {body.parent_field: body.parent_value}
    ports = at.ports(who.tenant)
    found = await at.catalogue.form(identifier, body.form_values, ports, changes)
    (shown,) = [one for one in found["fields"] if one["name"] == child.name]
    options = [{"value": one["value"], "text": one["label"]} for one in shown["widget"]["choices"]]
    return Options(field=child.name, options=options, errors=shown["field_level_errors"])


@router.post("/{identifier}/check-text/", dependencies=[needs(Right.WORKFLOWS_VIEW, cost=1)])
async def check(identifier: str, body: TextAsked, at: BuildingDep) -> CheckedText:
    """What is wrong with a text while it is typed; nothing is rendered."""
    fields = _form(at, identifier)
    (name,) = fields.values({body.field: None})
    if name not in fields.fields:
        fix = f"use one of {', '.join(fields.fields) or 'none: it has no form'}"
        raise BadRequestError("field", f"{identifier} has no field {body.field!r:.80}", fix)
    problems = check_text(fields, name, body.text)
    return CheckedText(valid=not problems, problems=problems)


@router.post("/{identifier}/execute/", dependencies=[needs(Right.WORKFLOWS_RUN, cost=20)])
async def execute(
    identifier: str, body: TypeRun, who: PrincipalDep, at: BuildingDep
) -> dict[str, Any]:
    """Runs a node of this type alone."""
    found = at.catalogue.find(identifier)
    ports = at.ports(who.tenant)
    errors = await check_before_run(form_of(found), body.form_data, ports)
    if errors:
        state = await open_form(form_of(found), body.form_data, ports)
        raise InvalidFormError(errors, document(form_of(found), state, errors))
    node = Node(id="node", type=identifier, config=body.form_data)
    ended = await at.bench.alone(who, node, body.input_data, body.session_id or "", body.timeout)
    return {**ran(node, ended, body.session_id, body.timeout), "form_data": body.form_data}


@router.post("/{identifier}/reset-session/", dependencies=[needs(Right.WORKFLOWS_RUN)])
async def reset_session(
    identifier: str, body: SessionNamed, who: PrincipalDep, at: BuildingDep
) -> dict[str, Any]:
    """Forgets what nodes of this type remember of a session."""
    found = at.catalogue.find(identifier)
    cleared = at.bench.sessions.reset(who.tenant, body.session_id, f"type.{found.type}")
    return {"success": True, "session_id": body.session_id, "cleared": cleared > 0}


def _form(at: Building, identifier: str) -> DeclaredForm:
    return form_of(at.catalogue.find(identifier))


def _fits(each: dict[str, Any], workflow_type: str | None, search: str) -> bool:
    words = f"{each['type']} {each['label']} {each['description']} {' '.join(each['aliases'])}"
    return (workflow_type is None or workflow_type in each["modes"]) and (
        search.lower() in words.lower()
    )
