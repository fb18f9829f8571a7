"""The board: columns in order, positions counted on read, totals kept beside the cards."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.crm.lead import Lead, LeadStatus
from shared.crm.rank import rank_between
from shared.platform.tables import Add, Item, Query, Tables

COLUMN_PAGE: Final = 200
"""Cards that a column shows at once; totals and a cursor tell of the rest."""
_COUNTERS: Final = 8
"""Counters a column's total is spread over, so that many writers do not wait for one item."""


@dataclass(frozen=True, slots=True)
class Column:
    """One page of a column."""

    cards: list[Lead]
    total: int
    next_start: Mapping[str, Any] | None


class Board:
    """One tenant's columns of leads, or another tenant's: the tenant is always an argument."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables = tables
        self._table = table

    def column(
        self,
        tenant: str,
        status: LeadStatus,
        *,
        limit: int = COLUMN_PAGE,
        start: Mapping[str, Any] | None = None,
        first: int = 1,
    ) -> Column:
        """A page of cards; `first` is the position of its first card."""
        page = self._tables.query(_cards(self._table, tenant, status, limit=limit, start=start))
        cards = [
            lead_of(item).model_copy(update={"card_order": order})
            for order, item in enumerate(page.items, start=first)
        ]
        whole = page.next_start is None and start is None
        total = len(cards) if whole else self.total(tenant, status)
        return Column(cards, total, page.next_start)

    def total(self, tenant: str, status: LeadStatus) -> int:
        """How many cards the column has."""
        query = Query(self._table, ("pk", _counter_partition(tenant, status)), limit=_COUNTERS)
        return sum(int(item["total"]) for item in self._tables.query(query).items)

    def position(self, tenant: str, lead: Lead) -> int:
        """The lead's place in its column, from 1."""
        return 1 + self._tables.count(
            _cards(self._table, tenant, lead.status, before=_sort(lead.rank, lead.id))
        )

    def end(self, tenant: str, status: LeadStatus) -> str:
        """A rank behind the column's last card."""
        last = self._tables.query(_cards(self._table, tenant, status, limit=1, descending=True))
        return rank_between(_rank(last.items[0]) if last.items else None, None)

    def rank_at(self, tenant: str, status: LeadStatus, position: int, moving: str) -> str:
        """A rank that puts the lead `moving` at a position, from 1; beyond the last is the end."""
        ahead: list[Item] = []
        start: Mapping[str, Any] | None = None
        while len(ahead) < position:
            wanted = position + 1 - len(ahead)
            page = self._tables.query(
                _cards(self._table, tenant, status, limit=wanted, start=start)
            )
            ahead += [item for item in page.items if item["id"] != moving]
            if (start := page.next_start) is None:
                break
        if len(ahead) < position:
            return rank_between(_rank(ahead[-1]) if ahead else None, None)
        before = _rank(ahead[position - 2]) if position > 1 else None
        return rank_between(before, _rank(ahead[position - 1]))


def board_keys(tenant: str, lead: Lead) -> dict[str, str]:
    """The attributes that put a lead on its board."""
    return {
        "board_pk": f"{tenant}#lead#{lead.status}",
        "board_sk": _sort(lead.rank, lead.id),
    }


def counted(table: str, tenant: str, lead: Lead, amount: int) -> Add:
    """The write that keeps the total of the lead's column."""
    shard = zlib.crc32(lead.id.encode()) % _COUNTERS
    key = {"pk": _counter_partition(tenant, lead.status), "sk": f"counter#{shard}"}
    return Add(table, key, "total", amount)


def lead_of(item: Item) -> Lead:
    """The lead of a stored item."""
    return Lead.model_validate(item)


def _cards(table: str, tenant: str, status: LeadStatus, **how: Any) -> Query:
    partition = ("board_pk", f"{tenant}#lead#{status}")
    return Query(table, partition, sort="board_sk", index="board", **how)


def _counter_partition(tenant: str, status: LeadStatus) -> str:
    return f"{tenant}#column#lead#{status}"


def _sort(rank: str, lead_id: str) -> str:
    return f"{rank}#{lead_id}"


def _rank(item: Item) -> str:
    return str(item["board_sk"]).partition("#")[0]
