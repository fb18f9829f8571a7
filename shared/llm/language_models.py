"""Which model answers a tenant: of its own providers, else of those that the environment names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import SecretStr

from shared.llm.budget import Budget
from shared.llm.errors import NoProviderError
from shared.llm.metered import MeteredModel, Record
from shared.llm.openai_model import OpenAIModel
from shared.llm.patience import Patience
from shared.llm.port import LanguageModel
from shared.llm.prices import Price, Prices
from shared.llm.provider import Provider
from shared.llm.providers import BASE_URLS, Endpoint, Kind, default_api
from shared.llm.settings import ModelSettings
from shared.llm.tenant_providers import TenantProviders

_OF_FAMILY: Final[Mapping[str, Kind]] = {"claude": "anthropic", "gemini": "gemini"}
"""Whose a model is by the beginning of its name; any other is asked of OpenAI."""


class LanguageModels:
    """Models for tenants."""

    def __init__(
        self,
        providers: TenantProviders,
        settings: ModelSettings,
        patience: Patience | None = None,
    ) -> None:
        self._providers = providers
        self._settings = settings
        self._patience = patience

    def of(
        self,
        tenant: str,
        model: str = "",
        budget: Budget | None = None,
        record: Record = lambda answer: None,
    ) -> LanguageModel:
        """The model of that name, or the tenant's default, with its budget in front.

        Raises:
            NoProviderError: neither the tenant nor the environment has one.
        """
        own = [provider for provider in self._providers.list(tenant) if provider.enabled]
        chosen = next((p for p in own if not model or p.spelled(model)), None)
        prices = Prices.published()
        if chosen is not None:
            name = chosen.spelled(model) or chosen.default_model
            endpoint = self._endpoint(tenant, chosen)
            prices = prices.with_own(dict(_priced(chosen, name)))
        else:
            name = model or self._settings.llm_default_model
            endpoint = self._from_environment(name)
        return MeteredModel(
            OpenAIModel(endpoint, name, self._patience), budget or Budget(), prices, record
        )

    def check(self, tenant: str, model: str = "") -> None:
        """Whether somebody has a model, without asking for any key.

        Raises:
            NoProviderError: nobody has it.
        """
        own = [provider for provider in self._providers.list(tenant) if provider.enabled]
        if not any(not model or provider.spelled(model) for provider in own):
            self._from_environment(model or self._settings.llm_default_model)

    def _endpoint(self, tenant: str, provider: Provider) -> Endpoint:
        key = self._providers.key(tenant, provider.id)
        return provider.endpoint(key, confined=not self._settings.llm_private_addresses)

    def _from_environment(self, model: str) -> Endpoint:
        family = model.rpartition("/")[2].partition("-")[0].casefold()
        kind = _OF_FAMILY.get(family, "openai")
        settings = self._settings
        keys: dict[Kind, SecretStr] = {
            "openai": settings.openai_api_key,
            "anthropic": settings.anthropic_api_key,
            "gemini": settings.gemini_api_key,
        }
        if not keys[kind].get_secret_value() and settings.openai_base_url:
            kind = "openai"  # a server of the operator's own may have models of any name
        if not keys[kind].get_secret_value():
            raise NoProviderError(model)
        own_url = settings.openai_base_url if kind == "openai" else ""
        url = own_url or BASE_URLS[kind]
        # What the operator names is trusted with any address; a tenant's base URL is not.
        return Endpoint(kind, kind, url, keys[kind], default_api(kind), confined=not own_url)


def _priced(provider: Provider, asked: str) -> Sequence[tuple[str, Price]]:
    """The provider's own prices, under the name that was asked for too."""
    same = [(asked, p) for n, p in provider.prices.items() if n.casefold() == asked.casefold()]
    return [*provider.prices.items(), *same]
