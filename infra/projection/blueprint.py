"""The blueprint: each stack's resources with what the laptop acts on, as text to be committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.projection.references import (
    ProjectionError,
    Template,
    exports_of,
    referenced,
    symbolic,
)
from infra.projection.types import IGNORED, KEPT

Resources = dict[str, dict[str, Any]]


def project(templates: Mapping[str, Template]) -> dict[str, Resources]:
    """The blueprint of an app from its stacks' templates, by stack.

    Raises:
        ProjectionError: a type is unknown, an id is not unique, or a reference leads nowhere.
    """
    exports = exports_of(templates)
    blueprint = {name: _stack(template, exports) for name, template in templates.items()}
    _check_ids(blueprint)
    _check_references(blueprint)
    return blueprint


def as_text(resources: Resources) -> str:
    """One stack of the blueprint as it stands in its file."""
    return json.dumps(resources, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _stack(template: Template, exports: Mapping[str, Any]) -> Resources:
    resources = template["Resources"].items()
    return {
        name: _resource(name, resource, exports)
        for name, resource in resources
        if resource["Type"] not in IGNORED
    }


def _resource(name: str, resource: Mapping[str, Any], exports: Mapping[str, Any]) -> dict[str, Any]:
    kind = resource["Type"]
    if kind not in KEPT:
        raise ProjectionError(
            f"{name} is an {kind}, which infra/projection/types.py does not know; add it to KEPT "
            "with the properties that the laptop acts on, or to IGNORED with the reason"
        )
    properties = resource.get("Properties", {})
    kept = {key: symbolic(properties[key], exports) for key in KEPT[kind] if key in properties}
    return {"Type": kind, "Properties": kept}


def _check_ids(blueprint: Mapping[str, Resources]) -> None:
    seen: dict[str, str] = {}
    for stack, resources in blueprint.items():
        for name in resources:
            if name in seen:
                raise ProjectionError(
                    f"{name} stands in the stacks {seen[name]} and {stack}; the laptop knows "
                    "resources by that name alone, so rename one of them"
                )
            seen[name] = stack


def _check_references(blueprint: Mapping[str, Resources]) -> None:
    known = {name for resources in blueprint.values() for name in resources}
    for resources in blueprint.values():
        for name, resource in resources.items():
            if missing := set(referenced(resource["Properties"])) - known:
                raise ProjectionError(
                    f"{name} refers to {', '.join(sorted(missing))}, which the blueprint leaves "
                    "out; keep that type or drop the property in infra/projection/types.py"
                )
