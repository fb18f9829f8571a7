"""What was granted to a connection: a row, and the secret with the tokens that it names.

absent --lease--> being renewed --kept--> ready --lease--> being renewed --refused--> refused
                       |  the lease ends: the next one takes it over
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.connections import rows
from shared.connections.connections import Places
from shared.connections.oauth2.endpoint import Tokens
from shared.platform.ids import new_id
from shared.platform.secrets import SecretGoneError
from shared.platform.tables import (
    Absent,
    Delete,
    FieldIs,
    Item,
    Put,
    TransactionRefusedError,
    Write,
)

_LEASE: Final = 30
"""Seconds: longer than asking for tokens may take."""
_RESERVE: Final = 60
"""Access is renewed so many seconds before it ends, or a quarter of its time if that is less."""
_LABEL: Final = "grant"


class LostLeaseError(Exception):
    """The grant was forgotten or taken over meanwhile; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A connection's grant as it was read."""

    tenant: str
    connection: Item
    row: Item | None

    @property
    def key(self) -> dict[str, str]:
        """Of its row."""
        return rows.key(self.tenant, rows.GRANT, self.connection["id"])

    @property
    def status(self) -> str:
        """`absent` also for what was granted to the connection when it went elsewhere."""
        if self.row is None or self.row["epoch"] != self.connection["epoch"]:
            return "absent"
        return str(self.row["status"])


class Grants:
    """Reads grants and changes them, one at a time for each connection."""

    def __init__(self, at: Places) -> None:
        self._at = at

    def read(self, tenant: str, connection: Item) -> Grant:
        """The grant of a connection."""
        key = rows.key(tenant, rows.GRANT, connection["id"])
        return Grant(tenant, connection, self._at.tables.get(self._at.table, key))

    def held(self, grant: Grant) -> Tokens | None:
        """Its tokens, if there are any."""
        if grant.row is None or grant.status == "absent" or "secret" not in grant.row:
            return None
        try:
            told = json.loads(self._at.secrets.read(grant.row["secret"]))
        except SecretGoneError:  # renewed meanwhile
            return None
        return Tokens(told["access"], told["refresh"])

    def is_fresh(self, grant: Grant) -> bool:
        """Whether its access lasts for a while."""
        until = (grant.row or {}).get("renew_at")
        return until is None or until > self._now()

    def lease(self, grant: Grant) -> str | None:
        """The right to renew it; None while another has it."""
        row = grant.row
        if row is not None and row["lease_until"] > self._now():
            return None
        lease = new_id()
        before = {**row} if row is not None and grant.status != "absent" else {}
        item = {**before, **self._about(grant, lease), "lease_until": self._now() + _LEASE}
        when = Absent() if row is None else FieldIs("lease", row["lease"])
        return lease if self._put({"status": "unauthorized", **item}, when) else None

    def keep(
        self, grant: Grant, tokens: Tokens, lease: str | None = None, also: Sequence[Write] = ()
    ) -> None:
        """Keeps tokens and forgets those before.

        Args:
            lease: whoever renews has one; whoever was granted anew needs none.

        Raises:
            LostLeaseError: it is not ours any more.
        """
        name = rows.secret_name(self._at.prefix, grant.tenant, grant.connection["id"])
        self._at.secrets.create(name, tokens.as_json())
        item = {**self._about(grant, new_id()), "status": "ready", "secret": name, "lease_until": 0}
        if tokens.seconds is not None:
            reserve = min(_RESERVE, tokens.seconds // 4)
            item["renew_at"] = self._now() + tokens.seconds - reserve
        when = FieldIs("lease", lease) if lease else None
        if not self._put(item, when, also):
            self._at.secrets.remove(name)
            raise LostLeaseError
        self._forget(grant)

    def refuse(self, grant: Grant, lease: str) -> None:
        """Notes that the service gives no tokens any more, and forgets those there are."""
        item = {**self._about(grant, new_id()), "status": "refused", "lease_until": 0}
        if self._put(item, FieldIs("lease", lease)):
            self._forget(grant)

    def release(self, grant: Grant, lease: str) -> None:
        """Gives the right to renew back: nothing was changed."""
        if grant.row is None:
            gone = Delete(self._at.table, grant.key, FieldIs("lease", lease), _LABEL)
            self._transact([gone])
        else:
            self._put({**grant.row, "lease": new_id(), "lease_until": 0}, FieldIs("lease", lease))

    def _about(self, grant: Grant, lease: str) -> dict[str, Any]:
        return {**grant.key, "epoch": grant.connection["epoch"], "lease": lease}

    def _put(self, item: Item, when: Absent | FieldIs | None, also: Sequence[Write] = ()) -> bool:
        return self._transact([Put(self._at.table, item, when, _LABEL), *also])

    def _transact(self, writes: Sequence[Write]) -> bool:
        try:
            self._at.tables.transact(writes)
        except TransactionRefusedError:
            return False
        return True

    def _forget(self, grant: Grant) -> None:
        if grant.row is not None and "secret" in grant.row:
            self._at.secrets.remove(grant.row["secret"])

    def _now(self) -> int:
        return int(self._at.clock().timestamp())
