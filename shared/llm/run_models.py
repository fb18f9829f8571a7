"""The models that the agents of one tenant's runs ask, counted in run, user and tenant."""

from __future__ import annotations

from collections.abc import Sequence

from shared.llm.budget import Meter
from shared.llm.language_models import LanguageModels
from shared.llm.port import LanguageModel
from shared.llm.tenant_policies import TenantPolicies


class RunModels:
    """Models by name, within the tenant's policy."""

    def __init__(
        self, models: LanguageModels, policies: TenantPolicies, tenant: str, user: str
    ) -> None:
        """`user` is whom runs act for: their publisher."""
        self._models, self._policies = models, policies
        self._tenant, self._user = tenant, user

    def of(self, model: str, run: str, inner: Sequence[Meter] = ()) -> LanguageModel:
        """A model by name, nothing is the tenant's default.

        Raises:
            NoProviderError: nobody has that model.
        """
        name = model or self._policies.get(self._tenant).default_model
        meters = [*inner, self._policies.run_meter(self._tenant, run)] if run else inner
        budget = self._policies.budget(self._tenant, self._user, meters)
        return self._models.of(self._tenant, name, budget)

    def steps(self) -> int:
        """How many steps an agent may take that says nothing itself."""
        return self._policies.get(self._tenant).iteration_limit
