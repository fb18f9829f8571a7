"""Pins: outputs that whoever draws a workflow puts in the place of running a node."""

from __future__ import annotations

import json
from typing import Any, Final

from shared.platform.tables import Delete, Put, Query, Tables
from shared.workflows.errors import DrawingRefusedError

MOST: Final = 200_000
"""Characters of one pin."""


class Pins:
    """The pins of tenants' drafts. They hold until they are taken off, and only in development."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables, self._table = tables, table

    def set(
        self, tenant: str, workflow: str, node: str, value: Any, route: str | None = None
    ) -> dict[str, Any]:
        """Pins a value, and the output that the node leaves by.

        Raises:
            DrawingRefusedError: the value is too large.
        """
        pin = {"value": value, "route": route}
        text = json.dumps(pin)
        if len(text) > MOST:
            raise DrawingRefusedError("value", f"more than {MOST} characters", "pin a part of it")
        self._tables.transact([Put(self._table, {**_key(tenant, workflow, node), "pin": text})])
        return pin

    def all(self, tenant: str, workflow: str) -> dict[str, dict[str, Any]]:
        """The pins, by node."""
        page = self._tables.query(Query(self._table, ("pk", _partition(tenant, workflow))))
        return {item["sk"]: json.loads(item["pin"]) for item in page.items}

    def clear(self, tenant: str, workflow: str, *nodes: str) -> int:
        """Takes pins off, or all of them; how many that were."""
        gone = [node for node in self.all(tenant, workflow) if not nodes or node in nodes]
        for node in gone:
            self._tables.transact([Delete(self._table, _key(tenant, workflow, node))])
        return len(gone)


def _partition(tenant: str, workflow: str) -> str:
    return f"{tenant}#workflow#{workflow}#pins"


def _key(tenant: str, workflow: str, node: str) -> dict[str, str]:
    return {"pk": _partition(tenant, workflow), "sk": node}
