"""Public keys: what a form on a page, a webhook's sender or a mail names its tenant by.

They are no secret: they stand in pages that everybody can read. What they open is one purpose, at
one rate, from the origins that they name, and nothing can be read with them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from shared.identity import rows
from shared.identity.audit import Audit
from shared.identity.errors import NotFoundError, UnusableError
from shared.identity.principal import Principal
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
)

Purpose = Literal["form", "webhook", "mail"]
PREFIX: Final = "mrpub_"
PER_TENANT: Final = 50
_ADDRESSED: Final = re.compile(rf"leads\+({PREFIX}[0-9a-f]{{32}})@([a-z0-9.-]{{1,190}})")


def mail_address(key: str, domain: str) -> str:
    """The address whose mail becomes leads of a key's tenant."""
    return f"leads+{key}@{domain}"


def addressed_key(address: str, domain: str) -> str | None:
    """The key that an address names, or None."""
    match = _ADDRESSED.fullmatch(address.lower())
    return match[1] if match and match[2] == domain else None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One of them."""

    key: str
    tenant: str
    name: str
    purpose: Purpose
    per_minute: int
    """How many requests it lets through."""
    origins: tuple[str, ...]
    """Pages of which origins may use it; none is any, and requests of no page."""
    created_at: str
    created_by: str
    revoked_at: str | None = None

    def admits(self, purpose: Purpose, origin: str | None) -> bool:
        """Whether it opens this, now, from there."""
        from_there = not self.origins or origin in self.origins
        return self.revoked_at is None and self.purpose == purpose and from_there


class PublicKeys:
    """The public keys of all tenants."""

    def __init__(
        self, tables: Tables, table: str, clock: Clock = utc_now, audit: Audit | None = None
    ) -> None:
        """`audit` notes what is changed; who only reads keys needs none."""
        self._tables = tables
        self._table = table
        self._clock = clock
        self._audit = audit

    def find(self, key: str, purpose: Purpose, origin: str | None) -> PublicKey:
        """The key that a request names.

        Raises:
            NotFoundError: there is none that opens this; which of the reasons it is, is not told.
        """
        item = self._tables.get(self._table, rows.public_key(key))
        found = _key(item) if item else None
        if found is None or not found.admits(purpose, origin):
            raise NotFoundError("no such key for this; see Public keys in the documentation")
        return found

    def create(
        self, by: Principal, name: str, purpose: Purpose, per_minute: int, origins: Sequence[str]
    ) -> PublicKey:
        """A new key.

        Raises:
            UnusableError: there are too many.
        """
        if len([one for one in self.list(by.tenant) if not one.revoked_at]) >= PER_TENANT:
            raise UnusableError("name", f"there are {PER_TENANT} keys", "revoke one first")
        made = PublicKey(
            key=f"{PREFIX}{secrets.token_hex(16)}",
            tenant=by.tenant,
            name=name,
            purpose=purpose,
            per_minute=per_minute,
            origins=tuple(origins),
            created_at=iso(self._clock()),
            created_by=by.subject,
        )
        writes = [Put(self._table, item, Absent()) for item in _items(made)]
        self._tables.transact([*writes, *self._noted(by, "public_key.created", made.key)])
        return made

    def list(self, tenant: str) -> list[PublicKey]:
        """A tenant's keys, the latest first, revoked ones too."""
        page = self._tables.query(Query(self._table, ("pk", rows.public_keys(tenant))))
        return sorted(
            map(_key, page.items), key=lambda one: (one.created_at, one.key), reverse=True
        )

    def revoke(self, by: Principal, key: str) -> PublicKey:
        """Ends a key; one that is revoked stays so.

        Raises:
            NotFoundError: this tenant has no such key.
        """
        item = self._tables.get(self._table, {"pk": rows.public_keys(by.tenant), "sk": key})
        if item is None:
            raise NotFoundError(f"there is no public key {key}")
        found = _key(item)
        if found.revoked_at:
            return found
        ended = replace(found, revoked_at=iso(self._clock()))
        as_read = FieldIs("tenant", by.tenant)
        writes = [Put(self._table, one, as_read) for one in _items(ended)]
        self._tables.transact([*writes, *self._noted(by, "public_key.revoked", key)])
        return ended

    def _noted(self, by: Principal, action: str, key: str) -> Sequence[Put]:
        return [self._audit.entry(by.tenant, by.subject, action, key)] if self._audit else []


def _items(key: PublicKey) -> list[Item]:
    """The row that a request is judged by, and the row of the tenant's list."""
    facts: dict[str, Any] = {
        "key": key.key,
        "tenant": key.tenant,
        "name": key.name,
        "purpose": key.purpose,
        "per_minute": key.per_minute,
        "origins": list(key.origins),
        "created_at": key.created_at,
        "created_by": key.created_by,
    }
    if key.revoked_at:
        facts["revoked_at"] = key.revoked_at
    listed = {"pk": rows.public_keys(key.tenant), "sk": key.key}
    return [{**rows.public_key(key.key), **facts}, {**listed, **facts}]


def _key(item: Item) -> PublicKey:
    return PublicKey(
        key=item["key"],
        tenant=item["tenant"],
        name=item["name"],
        purpose=item["purpose"],
        per_minute=int(item["per_minute"]),
        origins=tuple(item["origins"]),
        created_at=item["created_at"],
        created_by=item["created_by"],
        revoked_at=item.get("revoked_at"),
    )
