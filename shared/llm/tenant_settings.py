"""All that a tenant's admins say about language models, read and replaced as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from shared.llm.provider import InvalidProviderError, Provider, ProviderFields, check, check_key
from shared.llm.tenant_policies import ModelPolicy, TenantPolicies
from shared.llm.tenant_providers import TenantProviders
from shared.platform.tables import Write


@dataclass(frozen=True, slots=True)
class Wanted:
    """A provider as it shall be; one that is there already may leave its key out."""

    fields: ProviderFields
    key: SecretStr | None = None
    id: str = ""


class TenantSettings:
    """Settings of all tenants, one tenant at a time."""

    def __init__(
        self,
        providers: TenantProviders,
        policies: TenantPolicies,
        *,
        private_addresses: bool = False,
    ) -> None:
        self.providers, self.policies = providers, policies
        self._private = private_addresses

    def get(self, tenant: str) -> tuple[Sequence[Provider], ModelPolicy]:
        """What holds now."""
        return self.providers.list(tenant), self.policies.get(tenant)

    def replace(
        self,
        tenant: str,
        wanted: Sequence[Wanted],
        policy: ModelPolicy,
        also: Sequence[Write] = (),
    ) -> tuple[Sequence[Provider], ModelPolicy]:
        """Makes the providers those that are wanted, and no others.

        Everything is looked at before anything is written. A provider is known by its id, else by
        its name. What is not wanted any more goes last.

        Raises:
            InvalidProviderError: a field cannot be so; nothing was changed.
            ProviderChangedError: somebody else changed the same at the same time.
        """
        held = list(self.providers.list(tenant))
        pairs = [(each, _held(each, held)) for each in wanted]
        self._check(pairs)
        kept = set[str]()
        for each, known in pairs:
            if known is None:
                kept.add(self.providers.create(tenant, each.fields, each.key).id)
            else:
                version = known.version
                self.providers.update(tenant, known.id, each.fields, each.key, version=version)
                kept.add(known.id)
        self.policies.put(tenant, policy, also)
        for known in held:
            if known.id not in kept:
                self.providers.delete(tenant, known.id)
        return self.get(tenant)

    def _check(self, pairs: Sequence[tuple[Wanted, Provider | None]]) -> None:
        names = [each.fields.name.casefold() for each, _ in pairs]
        if len(set(names)) < len(names):
            raise InvalidProviderError("name", "two providers have the same name; rename one")
        known_ids = [known.id for _, known in pairs if known is not None]
        if len(set(known_ids)) < len(known_ids):
            raise InvalidProviderError("id", "two providers have the same id; leave one out")
        for number, (each, known) in enumerate(pairs):
            moved = known is None or (known.kind, known.base_url) != (
                each.fields.kind,
                each.fields.base_url,
            )
            try:
                check(each.fields, private_addresses=self._private)
                if each.key is not None or moved:
                    check_key(each.fields, each.key)
            except InvalidProviderError as error:
                mend = str(error).removeprefix(f"{error.field}: ")
                raise InvalidProviderError(f"providers.{number}.{error.field}", mend) from None


def _held(wanted: Wanted, held: Sequence[Provider]) -> Provider | None:
    by_id = next((each for each in held if wanted.id and each.id == wanted.id), None)
    name = wanted.fields.name.casefold()
    return by_id or next((each for each in held if each.name.casefold() == name), None)
