"""Published versions of flows: immutable, so that a process reads each once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from shared.graph.engine.loaded import LoadedFlow, load
from shared.graph.errors import GraphError
from shared.graph.model import FlowGraph
from shared.graph.registry import NodeRegistry
from shared.platform.tables import Absent, Put, Tables, TransactionRefusedError

_KEPT: Final = 64


class PublishedFlows:
    """The flows of tenants by version."""

    def __init__(self, tables: Tables, table: str, registry: NodeRegistry) -> None:
        self._tables, self._table, self._registry = tables, table, registry
        self._loaded: OrderedDict[tuple[str, str], LoadedFlow] = OrderedDict()

    def publish(self, tenant: str, version: str, graph: FlowGraph) -> None:
        """Keeps a version for good.

        Raises:
            GraphError: this version is another flow already.
        """
        body = graph.model_dump_json(by_alias=True, exclude_defaults=True)
        item = {**_key(tenant, version), "graph": body}
        try:
            self._tables.transact([Put(self._table, item, Absent())])
        except TransactionRefusedError:
            if self._body(tenant, version) != body:
                raise GraphError(f"{version}: published already, and differs; raise it") from None

    def __call__(self, tenant: str, version: str) -> LoadedFlow:
        """A published version, ready to be run.

        Raises:
            GraphError: there is none.
        """
        found = self._loaded.get((tenant, version))
        if found is None:
            body = self._body(tenant, version)
            if body is None:
                raise GraphError(f"{version}: no such version is published; publish it first")
            found = load(FlowGraph.model_validate_json(body), self._registry)
            self._loaded[tenant, version] = found
            if len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
        return found

    def _body(self, tenant: str, version: str) -> str | None:
        item = self._tables.get(self._table, _key(tenant, version))
        return str(item["graph"]) if item else None


def _key(tenant: str, version: str) -> dict[str, str]:
    return {"pk": f"{tenant}#flow", "sk": version}
