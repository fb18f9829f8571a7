"""What whoever sent a message may do at the moment of its answer: role and key are read anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.identity import rows
from shared.identity.principal import NotAPrincipalError, Principal
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import Tables


@dataclass(frozen=True, slots=True)
class Submitters:
    """Over the table of members and keys."""

    tables: Tables
    identity_table: str
    clock: Clock = utc_now

    def principal(self, tenant: str, subject: str) -> Principal | None:
        """The member or key with the rights of now; None if it is in the tenant no more."""
        found = self._member(subject) or self._key(subject)
        return found if found is not None and found.tenant == tenant else None

    def _member(self, subject: str) -> Principal | None:
        item = self.tables.get(self.identity_table, rows.membership(subject))
        return _principal({**item, "subject": subject, "kind": "user"}) if item else None

    def _key(self, subject: str) -> Principal | None:
        item = self.tables.get(self.identity_table, rows.api_key(subject))
        if item is None or item.get("revoked_at") or item["expires_at"] <= iso(self.clock()):
            return None
        scopes = " ".join(item["scopes"])
        return _principal({**item, "subject": subject, "kind": "key", "scopes": scopes})


def _principal(context: dict[str, Any]) -> Principal | None:
    try:
        return Principal.from_context(context)
    except NotAPrincipalError:
        return None
