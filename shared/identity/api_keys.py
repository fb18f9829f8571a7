"""Keys of the API: scoped, expiring, revocable, shown once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.identity import rows
from shared.identity.audit import Audit
from shared.identity.errors import DeniedError, NotFoundError, UnusableError
from shared.identity.principal import ForbiddenError, NotAPrincipalError, Principal
from shared.identity.rights import NEVER_IN_A_KEY, Right
from shared.identity.secret_tokens import SecretToken
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import (
    Absent,
    Condition,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
)

PREFIX: Final = "mr"
LONGEST: Final = timedelta(days=365)
PER_TENANT: Final = 50
_USE_SECONDS: Final = 60
"""Between two writes of when a key was last used."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: str
    created_by: str
    expires_at: str
    revoked_at: str | None = None
    last_used_at: str | None = None

    @property
    def shown_prefix(self) -> str:
        """What its holder recognises it by."""
        return f"{PREFIX}_{self.id}"


class ApiKeys:
    """The keys of all tenants."""

    def __init__(
        self, tables: Tables, table: str, clock: Clock = utc_now, audit: Audit | None = None
    ) -> None:
        """`audit` notes what is changed; who only reads keys needs none."""
        self._tables = tables
        self._table = table
        self._clock = clock
        self._audit = audit

    def principal(self, text: str) -> Principal:
        """The principal that a key is; writes down that it was used, at most once a minute.

        Raises:
            DeniedError: not a key, or one that is unknown, revoked or expired.
        """
        token = SecretToken.read(text, PREFIX)
        if token is None:
            raise DeniedError("not a key of ours")
        item = self._tables.get(self._table, rows.api_key(token.id))
        if item is None or not token.fits(item["hash"]):
            raise DeniedError(f"key {token.id} is unknown")
        if item.get("revoked_at"):
            raise DeniedError(f"key {token.id} is revoked")
        if item["expires_at"] <= iso(self._clock()):
            raise DeniedError(f"key {token.id} is expired")
        try:
            found = Principal.from_context(
                {
                    "tenant": item["tenant"],
                    "subject": token.id,
                    "role": item["role"],
                    "kind": "key",
                    "scopes": " ".join(item["scopes"]),
                }
            )
        except NotAPrincipalError as error:
            raise DeniedError(str(error)) from None
        self._note_use(token.id)
        return found

    def create(
        self, maker: Principal, name: str, scopes: Collection[Right], lasts: timedelta
    ) -> tuple[ApiKey, SecretToken]:
        """A new key, and the secret that is told this once.

        Raises:
            ForbiddenError: a scope is beyond the maker, or for no key at all.
            UnusableError: there are too many keys, or it would last too long.
        """
        self._check(maker, scopes, lasts)
        token = SecretToken.make(PREFIX)
        now = self._clock()
        key = ApiKey(
            token.id, name, tuple(sorted(scopes)), iso(now), maker.subject, iso(now + lasts)
        )
        facts = _facts(key)
        own = {**rows.api_key(key.id), **facts, "hash": token.hash, "tenant": maker.tenant}
        listed = {"pk": rows.api_keys(maker.tenant), "sk": key.id, **facts}
        self._tables.transact(
            [
                Put(self._table, {**own, "role": maker.role}, Absent()),
                Put(self._table, listed, Absent()),
                *self._noted(maker, "key.created", key.id, scopes=" ".join(key.scopes)),
            ]
        )
        return key, token

    def list(self, tenant: str) -> list[ApiKey]:
        """A tenant's keys, the latest first, revoked and expired ones too."""
        page = self._tables.query(Query(self._table, ("pk", rows.api_keys(tenant))))
        keys = [_key(item, self._last_use(item["sk"])) for item in page.items]
        return sorted(keys, key=lambda key: key.created_at, reverse=True)

    def revoke(self, by: Principal, key_id: str) -> ApiKey:
        """Ends a key; one that is revoked stays so.

        Raises:
            NotFoundError: this tenant has no such key.
        """
        listed = self._tables.get(self._table, {"pk": rows.api_keys(by.tenant), "sk": key_id})
        own = self._tables.get(self._table, rows.api_key(key_id))
        if listed is None or own is None or own["tenant"] != by.tenant:
            raise NotFoundError(f"there is no key {key_id}")
        if not listed.get("revoked_at"):
            at = {"revoked_at": iso(self._clock())}
            listed |= at
            writes = [
                Put(self._table, {**own, **at}, FieldIs("tenant", by.tenant)),
                Put(self._table, listed, FieldIs("id", key_id)),
                *self._noted(by, "key.revoked", key_id),
            ]
            self._tables.transact(writes)
        return _key(listed, self._last_use(key_id))

    def _noted(self, by: Principal, action: str, key_id: str, **facts: str) -> Sequence[Put]:
        if self._audit is None:
            return []
        return [self._audit.entry(by.tenant, by.subject, action, key_id, **facts)]

    def _check(self, maker: Principal, scopes: Collection[Right], lasts: timedelta) -> None:
        for scope in scopes:
            if scope in NEVER_IN_A_KEY:
                raise ForbiddenError(f"no key may have {scope}; it could make others like itself")
            maker.require(scope)
        if not timedelta(0) < lasts <= LONGEST:
            fix = f"let it last 1 to {LONGEST.days} days"
            raise UnusableError("expires_in_days", "lasts too long", fix)
        live = [key for key in self.list(maker.tenant) if self._is_live(key)]
        if len(live) >= PER_TENANT:
            raise UnusableError("name", f"there are {PER_TENANT} keys", "revoke one first")

    def _is_live(self, key: ApiKey) -> bool:
        return key.revoked_at is None and key.expires_at > iso(self._clock())

    def _last_use(self, key_id: str) -> str | None:
        found = self._tables.get(self._table, rows.api_key_use(key_id))
        return str(found["at"]) if found else None

    def _note_use(self, key_id: str) -> None:
        now = self._clock()
        last = self._last_use(key_id)
        if last and _older(now, last) < _USE_SECONDS:
            return
        when: Condition = FieldIs("at", last) if last else Absent()
        # Whoever wrote meanwhile wrote the same minute.
        with suppress(TransactionRefusedError):
            self._tables.transact(
                [Put(self._table, {**rows.api_key_use(key_id), "at": iso(now)}, when)]
            )


def _older(now: datetime, then: str) -> float:
    return (now - datetime.fromisoformat(then)).total_seconds()


def _facts(key: ApiKey) -> Item:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
    }


def _key(item: Mapping[str, Any], last_used: str | None) -> ApiKey:
    return ApiKey(
        id=item["id"],
        name=item["name"],
        scopes=tuple(item["scopes"]),
        created_at=item["created_at"],
        created_by=item["created_by"],
        expires_at=item["expires_at"],
        revoked_at=item.get("revoked_at"),
        last_used_at=last_used,
    )
