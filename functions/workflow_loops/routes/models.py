"""A tenant's language models."""

from __future__ import annotations

from fastapi import APIRouter, Request

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.asking import AskingDep
from functions.workflow_loops.views_asking import ModelsView, NewModels, Trial, TrialView
from shared.identity.rights import Right
from shared.llm.provider import ProviderFields

router = APIRouter(prefix="/settings/llm", tags=["language models"])


@router.get("/", dependencies=[needs(Right.MODELS_VIEW)])
async def models(who: PrincipalDep, at: AskingDep) -> ModelsView:
    """The providers, never their keys, and how far agents go."""
    return ModelsView.of(*at.settings.get(who.tenant))


@router.post("/", dependencies=[needs(Right.MODELS_CHANGE)])
async def replace(
    body: NewModels, who: PrincipalDep, at: AskingDep, request: Request
) -> ModelsView:
    """Replaces the settings; everything is looked at before anything is changed."""
    wanted = [provider.wanted() for provider in body.providers]
    change = {"iteration_limit": body.iteration_limit, "default_model": body.default_model}
    policy = at.settings.policies.get(who.tenant).model_copy(update=change)
    names = ", ".join(provider.name for provider in body.providers)[:500]
    entry = request.app.state.audit.entry(
        who.tenant, who.subject, "models.changed", "settings", providers=names
    )
    return ModelsView.of(*at.settings.replace(who.tenant, wanted, policy, [entry]))


@router.post("/test/", dependencies=[needs(Right.MODELS_CHANGE, cost=50)])
def test(body: Trial, who: PrincipalDep, at: AskingDep) -> TrialView:
    """Asks a provider for one word: one that is kept, or one that is only tried out."""
    providers = at.settings.providers
    if body.id:
        tried = providers.test(who.tenant, body.id, body.model or None)
    else:
        fields = ProviderFields(
            name=body.type, kind=body.type, base_url=body.base_url or None,
            default_model=body.model or "gpt-4o-mini",
        )  # fmt: skip
        tried = providers.try_out(fields, body.api_key)
    return TrialView(success=tried.works, message=tried.message, kind=tried.kind)
