"""Addresses that take no more of a tenant's mail: seen, looked up, and lifted by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.suppressions import (
    Suppression,
    suppression,
    suppression_key,
    suppressions,
)
from shared.platform.tables import Delete, Tables


class NotSuppressedError(Exception):
    """Mail goes to this address."""

    def __init__(self) -> None:
        super().__init__("mail to this address is not suppressed; list those that are")


@dataclass(frozen=True, slots=True)
class SuppressedAddresses:
    """The addresses of all tenants."""

    tables: Tables
    table: str

    def page(
        self, tenant: str, *, limit: int, before: str | None = None
    ) -> tuple[Sequence[Suppression], str | None]:
        """By address, the last of the alphabet first, and where the next page begins."""
        return suppressions(self.tables, self.table, tenant, limit=limit, before=before)

    def get(self, tenant: str, address: str) -> Suppression:
        """One of them; raises NotSuppressedError."""
        found = suppression(self.tables, self.table, tenant, address)
        if found is None:
            raise NotSuppressedError
        return found

    def lift(self, who: Principal, address: str, audit: Audit) -> None:
        """Lets mail go there again; raises NotSuppressedError."""
        found = self.get(who.tenant, address)
        said = audit.entry(
            who.tenant, who.subject, "suppression.lifted", found.address, reason=found.reason
        )
        gone = Delete(self.table, suppression_key(who.tenant, address))
        self.tables.transact([gone, said])
