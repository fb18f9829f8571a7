"""Graphs under the hash of what they are: a draft and ten versions of it may be one row."""

from __future__ import annotations

import hashlib

from shared.graph.durable.blobs import Blobs
from shared.graph.model import FlowGraph
from shared.platform.tables import Put, Tables

SMALL = 300_000
"""Characters that a row takes; larger graphs lie in the bucket of large values."""


class Graphs:
    """The graphs of tenants. They are never changed, so writing twice is writing once."""

    def __init__(self, tables: Tables, table: str, blobs: Blobs) -> None:
        self._tables = tables
        self._table = table
        self._blobs = blobs

    def write(self, tenant: str, graph: FlowGraph) -> tuple[str, Put]:
        """The hash of a graph, and the write that keeps it."""
        body = graph.model_dump_json(by_alias=True, exclude_defaults=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        item = {**_key(tenant, digest), "graph": body}
        if len(body) > SMALL:
            name = f"{tenant}/{digest}"
            self._blobs.write(name, body)
            item = {**_key(tenant, digest), "away": name}
        return digest, Put(self._table, item, label="graph")

    def read(self, tenant: str, digest: str) -> FlowGraph:
        """A graph that was written.

        Raises:
            KeyError: it was not.
        """
        item = self._tables.get(self._table, _key(tenant, digest))
        if item is None:
            raise KeyError(f"no graph {digest}")
        body = self._blobs.read(item["away"]) if "away" in item else item["graph"]
        return FlowGraph.model_validate_json(body)


def _key(tenant: str, digest: str) -> dict[str, str]:
    return {"pk": f"{tenant}#graph", "sk": digest}
