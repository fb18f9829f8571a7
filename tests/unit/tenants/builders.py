"""What those who build workflows use, in the table of tenants: a draft with one of everything."""

from __future__ import annotations

import copy
from typing import Any

import httpx

from functions.web.access import Declared, declared
from shared.identity.principal import Principal
from shared.identity.rights import Right, Role
from tests.unit.workflows.building import Api

MARK = "only-acme"
"""Stands in every name of the tenant; no answer to another may hold it."""
ROOTS = ("/workflow/", "/nodes/", "/webhooks/", "/export/", "/export-all/", "/import/")
_OURS = "/workflows/{workflow_id}/development/"
_GRAPH = {
    "nodes": [
        {"id": "in", "type": "webhook", "config": {"webhook_id": MARK}},
        {"id": "each", "type": "for-each", "config": {"items": "{{ [1, 2] }}"}},
        {"id": "out", "type": "transform", "config": {"output": {"mark": MARK}}},
    ],
    "edges": [
        {"source": "in", "target": "each"},
        {"source": "each", "target": "out", "sourceHandle": "body"},
    ],
    "settings": {"engine": "inline"},
    "env": {"mark": MARK},
}
_W = "/workflow/{workflow_id}"
BODIES: dict[str, Any] = {
    "POST /nodes/refresh/": {},
    "POST /nodes/{identifier}/form/update/": {"field_values": {}},
    "POST /nodes/{identifier}/field-options/": {
        "parent_field": "bucket_name", "parent_value": "acme-data", "dependent_field": "object_key",
    },
    "POST /nodes/{identifier}/check-text/": {"field": "bucket_name", "text": "x"},
    "POST /nodes/{identifier}/execute/": {
        "form_data": {"bucket_name": "acme-data", "object_key": "notes.txt"},
    },
    "POST /nodes/{identifier}/reset-session/": {"session_id": "s"},
    "POST /workflow/": {"name": "New"},
    f"PUT {_W}/": {"name": "New", "workflow_type": "api"},
    f"PATCH {_W}/": {"description": "d"},
    f"POST {_W}/nodes/": {"nodeTemplate": "end"},
    f"POST {_W}/nodes/add/": {"nodeTemplate": "end"},
    f"PUT {_W}/nodes/{{node_id}}/": {"name": "n"},
    f"PATCH {_W}/nodes/{{node_id}}/": {"name": "n"},
    f"PATCH {_W}/nodes/{{node_id}}/position/": {"x": 1, "y": 1},
    f"POST {_W}/connections/": {"source": "in", "target": "out"},
    f"POST {_W}/connections/add/": {"source": "in", "target": "out"},
    f"PUT {_W}/connections/{{connection_id}}/": {},
    f"PATCH {_W}/connections/{{connection_id}}/": {},
    f"POST {_W}/execute/": {"input": {}},
    f"POST {_W}/execute_and_save_node/": {"node_id": "each"},
    f"POST {_W}/execute_for_each_iteration/": {"node_id": "each"},
    f"POST {_W}/clear_node_output/": {"node_id": "each"},
    f"POST {_W}/webhook/test/": {},
    f"PUT {_W}/webhook/{{node_id}}/": {},
    f"POST {_OURS}run/": {},
    f"PUT {_OURS}pins/{{node_id}}/": {"value": 1},
    "POST /import/": {"name": "New", "definition": _GRAPH},
    "POST /import/file/": {"name": "New", "definition": _GRAPH},
}  # fmt: skip
"""For every route that takes one; the others are asked with nothing."""


def is_building(route: Declared) -> bool:
    """Whether a route is tried here; the others are in the table of all applications."""
    return route.path.startswith((*ROOTS, _OURS)) and not route.path.endswith("/stats/")


class Builders(Api):
    """The application with a published workflow that nobody owns, all of it tried once."""

    def __init__(self) -> None:
        super().__init__()
        self.who: dict[str, str] = {}
        made = self.post("/workflows/", {"name": MARK, "definition": _GRAPH}, 201, kind="key")
        where, ours = f"/workflow/{made['id']}", f"/workflows/{made['id']}"
        self.post(f"{ours}/publish/", {}, 201)
        self.post(f"{ours}/development/run/", {"input": {"mark": MARK}})
        self("PUT", f"{ours}/development/pins/out/", json={"value": MARK})
        self.post(f"{where}/webhook/test/", {})
        self.get(f"{where}/start_execution/")
        (hook,) = self.get(f"{where}/webhook/")["webhooks"]
        (edge, _) = self.get(f"{where}/connections/")
        self.ids = {
            "workflow_id": made["id"], "node_id": "in", "connection_id": edge["id"],
            "webhook_id": hook["webhook_id"], "identifier": "s3-reader",
        }  # fmt: skip
        self._before = copy.deepcopy(self.tables.items)

    def __call__(self, method: str, path: str, *, kind: str = "user", **how: Any) -> httpx.Response:
        if kind == "key":
            how |= {"scopes": " ".join(sorted(Right))}
        return super().__call__(method, path, **how)

    def routes(self) -> list[Declared]:
        return [one for one in declared(self.app) if is_building(one)]

    def ask(self, route: Declared, tenant: str, role: Role, **how: Any) -> httpx.Response:
        """One request; whatever it did is undone."""
        key = f"{route.method} {route.path}"
        how = {"json": BODIES.get(key), **how}
        try:
            return self(
                route.method, route.path.format(**self.ids), tenant=tenant, role=role, **how
            )
        finally:
            self.tables.items = copy.deepcopy(self._before)

    def may(self, route: Declared, role: Role) -> bool:
        """What the table of rights says."""
        rights = Principal("acme", "jo", role).rights
        return route.needs.open or set(route.needs.rights) <= rights
