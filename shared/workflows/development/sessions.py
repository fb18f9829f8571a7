"""Sessions: what nodes remember between single runs, e.g. how far a counter came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Delete, Put, Query, Tables

LIFETIME: Final = timedelta(minutes=30)
_EMPTY: Final = '{"state": {}, "runtime": {}}'


class Sessions:
    """The sessions of tenants: each row is one node, or one node type, of one session."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._clock = tables, table, clock

    def read(self, tenant: str, session: str, name: str) -> dict[str, Any]:
        """What is remembered: `{state, runtime}`."""
        if not session:
            return dict(json.loads(_EMPTY))
        item = self._tables.get(self._table, _key(tenant, session, name))
        lives = item is not None and int(item["expires_at"]) > self._clock().timestamp()
        return dict(json.loads(item["body"] if item and lives else _EMPTY))

    def keep(self, tenant: str, session: str, name: str, ended: Mapping[str, Any]) -> None:
        """Remembers what a run left behind, for half an hour."""
        if not session:
            return
        body = json.dumps({"state": ended["state"], "runtime": ended["runtime"]})
        expires_at = int((self._clock() + LIFETIME).timestamp())
        row = {**_key(tenant, session, name), "body": body, "expires_at": expires_at}
        self._tables.transact([Put(self._table, row)])

    def reset(self, tenant: str, session: str, name: str | None = None) -> int:
        """Forgets a session, or one node of it; how many nodes that were."""
        page = self._tables.query(Query(self._table, ("pk", _partition(tenant, session))))
        names = [item["sk"] for item in page.items if name in (None, item["sk"])]
        for each in names:
            self._tables.transact([Delete(self._table, _key(tenant, session, each))])
        return len(names)


def _partition(tenant: str, session: str) -> str:
    return f"{tenant}#session#{session}"


def _key(tenant: str, session: str, name: str) -> dict[str, str]:
    return {"pk": _partition(tenant, session), "sk": name}
