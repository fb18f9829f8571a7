"""What nodes of drafts gave, kept for a day; larger values lie in the bucket of values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Final

from shared.graph.durable.blobs import Blobs
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import Delete, Item, Put, Query, Tables

LIFETIME: Final = timedelta(days=1)
SMALL: Final = 100_000
"""Characters that a row takes."""
BASE: Final = "#input"
"""Under this name stands the input of the last run of a whole graph."""
ITERATION: Final = "iteration#"
"""Before the name of a loop: how far somebody came in it."""
_NODE: Final = "node#"


@dataclass(frozen=True, slots=True)
class Output:
    """What one node gave, and what it was made of."""

    node: str
    data: Mapping[str, Any]
    """The whole item that left it."""
    result: Any
    """What the node itself gave."""
    entered: Mapping[str, Any]
    by_hand: Mapping[str, Any] = field(default_factory=dict)
    """What of it was given by hand."""
    keys: tuple[str, ...] = ()
    """Which keys of the data it wrote."""
    result_key: str = ""
    route: str = "default"
    keeps: bool = True
    form: str = ""
    """Hash of the node as it was configured."""
    input: str = ""
    """Hash of what entered it."""
    at: str = ""
    seconds: float = 0.0


class Outputs:
    """The outputs of tenants' drafts."""

    def __init__(self, tables: Tables, table: str, blobs: Blobs, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._blobs, self._clock = tables, table, blobs, clock

    def keep(self, tenant: str, workflow: str, name: str, body: Mapping[str, Any]) -> None:
        """Keeps a body under a name; a later one replaces an earlier one."""
        text, now = json.dumps(body), self._clock()
        item: Item = {
            **_key(tenant, workflow, name), "at": iso(now),
            "expires_at": int((now + LIFETIME).timestamp()),
        }  # fmt: skip
        if len(text) > SMALL:
            away = f"{tenant}/trial/{hashlib.sha256(text.encode()).hexdigest()}"
            self._blobs.write(away, text)
            self._tables.transact([Put(self._table, {**item, "away": away})])
        else:
            self._tables.transact([Put(self._table, {**item, "body": text})])

    def put(self, tenant: str, workflow: str, output: Output) -> None:
        """Keeps an output."""
        self.keep(tenant, workflow, f"{_NODE}{output.node}", asdict(output))

    def all(self, tenant: str, workflow: str) -> dict[str, Output]:
        """What stands, by node."""
        rows = self._rows(tenant, workflow)
        return {
            name.removeprefix(_NODE): Output(**{**body, "keys": tuple(body["keys"])})
            for name, body in rows.items()
            if name.startswith(_NODE)
        }

    def note(self, tenant: str, workflow: str, name: str) -> dict[str, Any]:
        """Something else that is kept: an input, how far somebody came in a loop."""
        found = self._tables.get(self._table, _key(tenant, workflow, name))
        return dict(self._body(found)) if found and self._lives(found) else {}

    def clear(self, tenant: str, workflow: str, *nodes: str) -> int:
        """Forgets what nodes gave, or everything; how many outputs that were."""
        named = {f"{kind}{node}" for node in nodes for kind in (_NODE, ITERATION)}
        gone = [name for name in self._rows(tenant, workflow) if not nodes or name in named]
        for start in range(0, len(gone), 100):
            some = gone[start : start + 100]
            keys = [_key(tenant, workflow, name) for name in some]
            self._tables.transact([Delete(self._table, key) for key in keys])
        return sum(name.startswith(_NODE) for name in gone)

    def _rows(self, tenant: str, workflow: str) -> dict[str, Any]:
        found = dict[str, Any]()
        start = None
        while True:
            query = Query(self._table, ("pk", _partition(tenant, workflow)), start=start)
            page = self._tables.query(query)
            found |= {i["sk"]: self._body(i) for i in page.items if self._lives(i)}
            start = page.next_start
            if not start:
                return found

    def _lives(self, item: Item) -> bool:
        """DynamoDB removes what is over within days, not at once."""
        return int(item["expires_at"]) > self._clock().timestamp()

    def _body(self, item: Item) -> Any:
        return json.loads(self._blobs.read(item["away"]) if "away" in item else item["body"])


def _partition(tenant: str, workflow: str) -> str:
    return f"{tenant}#workflow#{workflow}#trials"


def _key(tenant: str, workflow: str, name: str) -> dict[str, str]:
    return {"pk": _partition(tenant, workflow), "sk": name}
