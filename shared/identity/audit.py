"""The audit: who changed what about identity, and who was refused what, for each tenant.

A change and its entry are written in one transaction. Refusals are written at most once a minute
for the same caller and reason, so that nobody can fill a table by asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.identity import rows
from shared.identity.principal import Principal
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.log import logger
from shared.platform.tables import Put, Query, Tables

Outcome = Literal["done", "refused"]
_REMEMBERED: Final = 1_000

log = logger("audit")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done, or refused."""

    id: str
    at: str
    actor: str
    """The user's `sub`, or the public id of a key."""
    action: str
    """What it was, e.g. `key.revoked`, or the right that was lacking."""
    target: str
    outcome: Outcome
    facts: Mapping[str, str]
    """What else is worth knowing; never a secret."""


class Audit:
    """The entries of all tenants."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables = tables
        self._table = table
        self._clock = clock
        self._refused: set[str] = set()

    def entry(self, tenant: str, actor: str, action: str, target: str, **facts: str) -> Put:
        """The write that goes into the transaction of a change."""
        at = iso(self._clock())
        return self._put(tenant, f"{at}#{new_id()}", actor, action, target, "done", facts)

    def refused(self, who: Principal, action: str, target: str) -> None:
        """Writes a refusal down, unless the same was written this minute."""
        minute = iso(self._clock())[:16]
        entry_id = f"{minute}#{who.subject}#{action}#{target}"
        if entry_id in self._refused:
            return
        if len(self._refused) >= _REMEMBERED:
            self._refused.clear()
        self._refused.add(entry_id)
        log.warning("refused", subject=who.subject, action=action, target=target)
        facts = {"role": who.role, "kind": who.kind}
        put = self._put(who.tenant, entry_id, who.subject, action, target, "refused", facts)
        self._tables.transact([put])

    def page(
        self, tenant: str, *, limit: int, before: str | None = None
    ) -> tuple[list[AuditEntry], bool]:
        """Entries, the latest first, and whether there are more; `before` is an entry's id."""
        query = Query(
            self._table, ("pk", rows.audit(tenant)), limit=limit, descending=True, before=before
        )
        page = self._tables.query(query)
        return [_entry(item) for item in page.items], page.next_start is not None

    def _put(
        self,
        tenant: str,
        entry_id: str,
        actor: str,
        action: str,
        target: str,
        outcome: Outcome,
        facts: Mapping[str, str],
    ) -> Put:
        item = {
            "pk": rows.audit(tenant),
            "sk": entry_id,
            "at": iso(self._clock()),
            "actor": actor,
            "action": action,
            "target": target,
            "outcome": outcome,
            "facts": dict(facts),
        }
        return Put(self._table, item, label="audit")


def _entry(item: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        item["sk"],
        item["at"],
        item["actor"],
        item["action"],
        item["target"],
        item["outcome"],
        item["facts"],
    )
