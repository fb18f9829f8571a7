"""The committed blueprint as plain data, for rules over it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "infra" / "blueprint"

Resource = dict[str, Any]

RESOURCES: dict[str, Resource] = {
    name: resource
    for path in sorted(FOLDER.glob("*.json"))
    for name, resource in json.loads(path.read_text(encoding="utf-8")).items()
}


def of_type(kind: str) -> dict[str, Resource]:
    """The properties of every resource of a type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in RESOURCES.items()
        if resource["Type"] == f"AWS::{kind}"
    }


def target(value: Any) -> str:
    """The logical id that a Ref or a GetAtt names."""
    return value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]


def statements(role: Resource) -> Iterator[dict[str, Any]]:
    """The statements of a role's inline policies, actions and resources as lists."""
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield {
                **statement,
                "Action": _listed(statement["Action"]),
                "Resource": _listed(statement["Resource"]),
            }


def text(value: Any) -> str:
    """A Fn::Join as one string, each reference as its logical id."""
    if isinstance(value, str):
        return value
    separator, parts = value["Fn::Join"]
    return separator.join(part if isinstance(part, str) else target(part) for part in parts)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
