"""The tenant's texts, which nodes send as mail."""

from __future__ import annotations

from fastapi import APIRouter

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.setup_services import SetupServicesDep
from functions.workflow_loops.setup_views import Id, TextsView
from shared.identity.rights import Right
from shared.nodes.messages.tenant_texts import Text, TextFields, TextName

router = APIRouter(prefix="/settings/templates", tags=["settings"])


@router.get("/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def texts(who: PrincipalDep, at: SetupServicesDep) -> TextsView:
    """All texts."""
    return TextsView(templates=at.texts.list(who.tenant))


@router.get("/{name}/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def text(name: Id, who: PrincipalDep, at: SetupServicesDep) -> Text:
    """One text."""
    return at.texts.get(who.tenant, name)


@router.put("/{name}/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def put(name: TextName, body: TextFields, who: PrincipalDep, at: SetupServicesDep) -> Text:
    """Adds a text, or changes it."""
    return at.texts.put(who, name, body)


@router.delete("/{name}/", status_code=204, dependencies=[needs(Right.WORKFLOWS_DELETE)])
async def remove(name: Id, who: PrincipalDep, at: SetupServicesDep) -> None:
    """Removes a text."""
    at.texts.remove(who, name)
