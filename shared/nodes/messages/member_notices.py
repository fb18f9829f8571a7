"""Notices for members, kept until they are ninety days old."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
)

_DAYS: Final = 90
_NOTICE: Final = "notice#"


class NoticeNotFoundError(Exception):
    """The member has no such notice."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a member was told."""

    id: str
    title: str
    text: str
    link: str
    at: str
    read: bool


class MemberNotices:
    """The notices of all members; each has a partition of their own, led by the tenant."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._clock = tables, table, clock

    def tell(self, tenant: str, member: str, notice: Sequence[str], key: str) -> None:
        """Writes a notice (title, text, link) once per key."""
        now = self._clock()
        about = {"pk": _partition(tenant, member)}
        gone = {"expires_at": int(now.timestamp()) + _DAYS * 86_400}
        once = f"once#{hashlib.sha256(key.encode()).hexdigest()[:40]}"
        title, text, link = notice
        item = {**about, **gone, "sk": f"{_NOTICE}{new_id()}", "at": iso(now), "read": 0}
        item |= {"title": title, "text": text, "link": link}
        try:
            self._tables.transact([
                Put(self._table, {**about, **gone, "sk": once}, Absent(), "key"),
                Put(self._table, item),
            ])  # fmt: skip
        except TransactionRefusedError:
            return  # told already

    def page(
        self, tenant: str, member: str, *, limit: int, before: str | None = None
    ) -> tuple[Sequence[Notice], bool]:
        """A member's notices, the latest first, and whether there are more."""
        query = Query(
            self._table, ("pk", _partition(tenant, member)), limit=limit, descending=True,
            before=_NOTICE + (before or "~"),
        )  # fmt: skip
        page = self._tables.query(query)
        now = self._clock().timestamp()
        found = [_shown(item) for item in page.items if item["expires_at"] > now]
        return found, page.next_start is not None

    def read(self, tenant: str, member: str, notice_id: str) -> Notice:
        """Notes that the member has read it; raises NoticeNotFoundError."""
        key = {"pk": _partition(tenant, member), "sk": _NOTICE + notice_id}
        item = self._tables.get(self._table, key)
        if item is None:
            raise NoticeNotFoundError("there is no such notice; list them")
        if not item["read"]:
            item["read"] = 1
            with contextlib.suppress(TransactionRefusedError):  # read, or gone, meanwhile
                self._tables.transact([Put(self._table, item, FieldIs("read", 0))])
        return _shown(item)


@dataclass(frozen=True, slots=True)
class NoticesOf:
    """The port `Notices` of one tenant."""

    notices: MemberNotices
    tenant: str
    is_member: Callable[[str], bool]
    """Whether somebody belongs to the tenant."""

    async def tell(
        self, members: Sequence[str], title: str, text: str, link: str, idempotency_key: str
    ) -> Sequence[str]:
        """See `Notices.tell`."""
        return await asyncio.to_thread(self._tell, members, (title, text, link), idempotency_key)

    def _tell(self, members: Sequence[str], notice: Sequence[str], key: str) -> Sequence[str]:
        told = [member for member in members if self.is_member(member)]
        for member in told:
            self.notices.tell(self.tenant, member, notice, key)
        return told


def _partition(tenant: str, member: str) -> str:
    return f"{tenant}#member#{member}#notices"


def _shown(item: Item) -> Notice:
    return Notice(
        item["sk"].removeprefix(_NOTICE), item["title"], item["text"], item["link"], item["at"],
        bool(item["read"]),
    )  # fmt: skip
