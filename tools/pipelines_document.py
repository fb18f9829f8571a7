"""What pipelines are made of: for the API, which imports no node, and for the documentation."""

from __future__ import annotations

import json
from typing import Any

from shared.pipelines.definition import LONGEST_TRY_SECONDS
from shared.pipelines.programs import Program, Registry

_HEAD = """# The nodes of every pipeline

Written by `make generate` from the nodes themselves: what each asks of the data, and what it adds.
A node that asks for nothing takes any data.
"""


def catalogue() -> str:
    """The document that the API answers `GET /pipelines/` from."""
    return json.dumps([_shown(one) for one in _programs()], indent=1, ensure_ascii=False) + "\n"


def document() -> str:
    """The page of the documentation."""
    parts = [_HEAD]
    for program in _programs():
        shown = _shown(program)
        starts = ", ".join(f"`{name}`" for name in shown["starts_on"])
        parts.append(f"## {program.name}\n\nStarts on {starts}. Folder `{program.shape.folder}`.\n")
        parts.append("| node | does | asks for | adds | touches | tries | seconds |\n"
                     "|---|---|---|---|---|---|---|")  # fmt: skip
        parts += [_row(node) for node in shown["nodes"]]
        parts += ["", *_routes(shown["routers"])]
    return "\n".join(parts).rstrip() + "\n"


def _programs() -> list[Program]:
    registry = Registry.of_folders()
    return [registry.get(shape.name) for shape in registry.shapes()]


def _shown(program: Program) -> dict[str, Any]:
    shape = program.shape
    routers = {
        name: {route: list(nodes) for route, nodes in branches.items()}
        for name, branches in shape.routers.items()
    }
    return {
        "name": shape.name,
        "starts_on": list(shape.starts_on),
        "chain": list(shape.nodes),
        "routers": routers,
        "nodes": [_node(program, name) for name in shape.all_nodes()],
    }


def _node(program: Program, name: str) -> dict[str, Any]:
    node, policy = program.node(name), program.shape.policy(name)
    return {
        "name": name,
        "kind": node.kind,
        "about": " ".join((node.__doc__ or "").split()),
        "asks": node.asks.model_json_schema() if node.asks else None,
        "adds": node.adds.model_json_schema(mode="serialization") if node.adds else None,
        "needs": list(program.shape.needs.get(name, ())),
        "attempts": policy.attempts,
        "timeout": policy.timeout or LONGEST_TRY_SECONDS,
    }


def _row(node: dict[str, Any]) -> str:
    needs = ", ".join(node["needs"])
    asks, adds = _fields(node["asks"], asked=True), _fields(node["adds"], asked=False)
    cells = (node["name"], node["about"], asks, adds, needs, node["attempts"], node["timeout"])
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


def _fields(schema: dict[str, Any] | None, *, asked: bool) -> str:
    if schema is None:
        return ""
    required = schema.get("required", ()) if asked else schema.get("properties", ())
    return ", ".join(
        f"`{name}`" if name in required else f"`{name}`?" for name in schema.get("properties", {})
    )


def _routes(routers: dict[str, dict[str, list[str]]]) -> list[str]:
    return [
        f"`{router}` leads {route} to {', '.join(f'`{n}`' for n in nodes) or 'the next node'}.\n"
        for router, branches in routers.items()
        for route, nodes in branches.items()
    ]
