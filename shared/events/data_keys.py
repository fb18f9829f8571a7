"""Data keys: each tenant has its own, made by KMS, kept encrypted in a row, and renewed.

A process keeps keys for minutes, so that KMS is asked once for thousands of events. Without its
rows what was sealed for a tenant is noise: to forget them is to delete it everywhere.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.tables import Absent, Delete, Put, Query, Tables

RENEWED: Final = timedelta(days=30)
KEPT: Final = timedelta(minutes=5)
"""How long a process works with a key that it has; after that a forgotten one is gone for it."""
_MOST: Final = 1_000


class Kms(Protocol):
    """The port to what encrypts data keys, bound to a tenant."""

    def generate(self, tenant: str) -> tuple[bytes, bytes]:
        """A new key of 256 bits, plain and encrypted."""

    def decrypt(self, tenant: str, encrypted: bytes) -> bytes:
        """The key that was encrypted for the tenant."""


class ForgottenKeyError(LookupError):
    """A data key that is there no more; the message names the tenant."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key in the open; only ever in memory."""

    id: str
    plain: bytes = field(repr=False)


@dataclass(slots=True)
class DataKeys:
    """The keys of tenants, as one process has them."""

    tables: Tables
    table: str
    kms: Kms
    clock: Clock = utc_now
    _held: dict[tuple[str, str], tuple[DataKey, datetime]] = field(default_factory=dict)

    def newest(self, tenant: str) -> DataKey:
        """The key to seal with; made now if there is none, or it is to be renewed."""
        if held := self._fresh(tenant, ""):
            return held
        query = Query(self.table, ("pk", _partition(tenant)), limit=1, descending=True)
        items = self.tables.query(query).items
        since = iso(self.clock() - RENEWED)
        key = self._opened(tenant, items[0]) if items and items[0]["at"] > since else None
        return self._hold(tenant, key or self._made(tenant), newest=True)

    def named(self, tenant: str, key_id: str) -> DataKey:
        """The key that something was sealed with.

        Raises:
            ForgottenKeyError: it is there no more.
        """
        if held := self._fresh(tenant, key_id):
            return held
        item = self.tables.get(self.table, {"pk": _partition(tenant), "sk": key_id})
        if item is None:
            raise ForgottenKeyError(
                f"key {key_id} of {tenant} is gone: what it sealed can be read no more"
            )
        return self._hold(tenant, self._opened(tenant, item))

    def forget(self, tenant: str) -> int:
        """Removes every key of a tenant, and with them whatever they sealed; how many."""
        found = self.tables.query(Query(self.table, ("pk", _partition(tenant)), limit=_MOST)).items
        for item in found:
            key = {"pk": _partition(tenant), "sk": item["sk"]}
            self.tables.transact([Delete(self.table, key)])
        self._held = {at: held for at, held in self._held.items() if at[0] != tenant}
        return len(found)

    def _made(self, tenant: str) -> DataKey:
        plain, encrypted = self.kms.generate(tenant)
        key = DataKey(new_id(), plain)
        row = {"pk": _partition(tenant), "sk": key.id, "at": iso(self.clock())}
        text = base64.b64encode(encrypted).decode()
        self.tables.transact([Put(self.table, {**row, "encrypted": text}, Absent())])
        return key

    def _opened(self, tenant: str, item: Any) -> DataKey:
        encrypted = base64.b64decode(item["encrypted"])
        return DataKey(str(item["sk"]), self.kms.decrypt(tenant, encrypted))

    def _fresh(self, tenant: str, key_id: str) -> DataKey | None:
        key, until = self._held.get((tenant, key_id), (None, None))
        return key if until and self.clock() < until else None

    def _hold(self, tenant: str, key: DataKey, *, newest: bool = False) -> DataKey:
        if len(self._held) >= _MOST:
            self._held.clear()
        until = self.clock() + KEPT
        self._held[tenant, key.id] = key, until
        if newest:
            self._held[tenant, ""] = key, until
        return key


def _partition(tenant: str) -> str:
    return f"{tenant}#data_keys"
