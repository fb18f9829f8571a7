"""Addresses that a tenant sends no more mail to, because it came back or was complained about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Literal

from shared.platform.tables import Item, Query, Tables

Reason = Literal["bounced", "complained", "bounced too often"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """One address."""

    address: str
    """In lower case."""
    reason: Reason
    since: str
    detail: str = ""
    """What the other mail server said, cut short."""


def suppression(tables: Tables, table: str, tenant: str, address: str) -> Suppression | None:
    """Why an address takes no mail of a tenant, or None."""
    item = tables.get(table, suppression_key(tenant, address))
    return _shown(item) if item else None


def suppressed_in(tables: Tables, table: str) -> partial[Suppression | None]:
    """What `SesMail` asks before it sends."""
    return partial(suppression, tables, table)


def suppressions(
    tables: Tables, table: str, tenant: str, *, limit: int, before: str | None = None
) -> tuple[Sequence[Suppression], str | None]:
    """A page by address, the last of the alphabet first, and where the next one begins."""
    query = Query(table, ("pk", _partition(tenant)), limit=limit, descending=True, before=before)
    page = tables.query(query)
    more = page.items[-1]["sk"] if page.next_start and page.items else None
    return [_shown(item) for item in page.items], more


def suppression_item(tenant: str, found: Suppression) -> Item:
    """The row of an address."""
    return {**suppression_key(tenant, found.address), **asdict(found)}


def suppression_key(tenant: str, address: str) -> dict[str, str]:
    """Addresses are compared without case."""
    return {"pk": _partition(tenant), "sk": address.lower()}


def _partition(tenant: str) -> str:
    return f"{tenant}#suppressions"


def _shown(item: Item) -> Suppression:
    return Suppression(item["address"], item["reason"], item["since"], item.get("detail", ""))
