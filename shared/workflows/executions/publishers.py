"""Whether whoever published a version may still do so; a run acts in their name."""

from __future__ import annotations

from typing import Protocol

from shared.identity import rows
from shared.identity.principal import NotAPrincipalError, Principal
from shared.identity.rights import Right
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import Tables


class Publishers(Protocol):
    """The port to the rights of those who published."""

    def may(self, tenant: str, subject: str, right: Right) -> bool:
        """Whether somebody has a right in a tenant at this moment."""

    def names(self, tenant: str, subject: str) -> frozenset[str]:
        """By which other names a member may be named: those that no member gives himself."""


class IdentityPublishers:
    """The port over the table of members and keys."""

    def __init__(self, tables: Tables, identity: str, clock: Clock = utc_now) -> None:
        self._tables, self._identity, self._clock = tables, identity, clock

    def may(self, tenant: str, subject: str, right: Right) -> bool:
        """See `Publishers.may`."""
        found = self.principal(tenant, subject)
        return found is not None and right in found.rights

    def principal(self, tenant: str, subject: str) -> Principal | None:
        """Somebody of a tenant with the rights of this moment."""
        found = self._member(subject) or self._key(subject)
        return found if found is not None and found.tenant == tenant else None

    def names(self, tenant: str, subject: str) -> frozenset[str]:
        """See `Publishers.names`."""
        item = self._tables.get(self._identity, rows.membership(subject)) or {}
        if item.get("tenant") != tenant:
            return frozenset()
        # What a person is called was said by the person: it opens nothing.
        return frozenset({str(item["email"])} if item.get("email") else ())

    def _member(self, subject: str) -> Principal | None:
        item = self._tables.get(self._identity, rows.membership(subject))
        return _principal({**item, "subject": subject}) if item else None

    def _key(self, subject: str) -> Principal | None:
        item = self._tables.get(self._identity, rows.api_key(subject))
        if item is None or item.get("revoked_at") or item["expires_at"] <= iso(self._clock()):
            return None
        scopes = " ".join(item["scopes"])
        return _principal({**item, "subject": subject, "kind": "key", "scopes": scopes})


def _principal(context: dict[str, object]) -> Principal | None:
    try:
        return Principal.from_context(context)
    except NotAPrincipalError:
        return None
