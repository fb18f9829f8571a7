"""Who wants no mail about what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import Delete, Item, Put, Query, Tables

EVERYTHING: Final = "everything"
"""Stands for all topics; no topic of a node has this name."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """One address and what it wants no mail about."""

    address: str
    topic: str
    since: str


class OptOutList:
    """The lists of all tenants; addresses are compared without case."""

    def __init__(
        self, tables: Tables, table: str, audit: Audit | None = None, clock: Clock = utc_now
    ) -> None:
        """Changes need an audit; asking needs none."""
        self._tables, self._table, self._audit, self._clock = tables, table, audit, clock

    def has(self, tenant: str, address: str, topic: str) -> bool:
        """Whether an address wants no mail about a topic."""
        return any(
            self._tables.get(self._table, _key(tenant, address, one)) is not None
            for one in (EVERYTHING, topic)
        )

    def page(
        self, tenant: str, *, limit: int, before: str | None = None
    ) -> tuple[Sequence[OptOut], str | None]:
        """Opt-outs by address, the last of the alphabet first, and where the next page begins."""
        query = Query(
            self._table, ("pk", _partition(tenant)), limit=limit, descending=True, before=before
        )
        page = self._tables.query(query)
        more = page.items[-1]["sk"] if page.next_start and page.items else None
        return [_shown(item) for item in page.items], more

    def add(self, who: Principal, address: str, topic: str) -> OptOut:
        """Notes that an address wants no mail about a topic."""
        found = OptOut(address.lower(), topic, iso(self._clock()))
        key = _key(who.tenant, address, topic)
        item = {**key, "address": found.address, "topic": topic, "since": found.since}
        self._write(who, "opt_out.added", found.address, topic, Put(self._table, item))
        return found

    def remove(self, who: Principal, address: str, topic: str) -> None:
        """Forgets it; one that is not there is no error."""
        gone = Delete(self._table, _key(who.tenant, address, topic))
        self._write(who, "opt_out.removed", address.lower(), topic, gone)

    def _write(
        self, who: Principal, action: str, address: str, topic: str, write: Put | Delete
    ) -> None:
        if self._audit is None:
            raise TypeError("a list without an audit is only asked")
        said = self._audit.entry(who.tenant, who.subject, action, address, topic=topic)
        self._tables.transact([write, said])


@dataclass(frozen=True, slots=True)
class TenantOptOuts:
    """The port `OptOuts` of `TenantMail`."""

    opt_outs: OptOutList
    tenant: str

    async def has(self, address: str, topic: str) -> bool:
        """See `OptOuts.has`."""
        return await asyncio.to_thread(self.opt_outs.has, self.tenant, address, topic)


def _partition(tenant: str) -> str:
    return f"{tenant}#opt_outs"


def _key(tenant: str, address: str, topic: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": f"{address.lower()}#{topic}"}


def _shown(item: Item) -> OptOut:
    return OptOut(item["address"], item["topic"], item["since"])
