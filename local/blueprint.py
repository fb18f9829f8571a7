"""The blueprint: what the template deploys, as the laptop reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
_PSEUDO: Final = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "millrace",
    "AWS::NoValue": None,
}
Attribute = Callable[[str, str], Any]
"""The attribute of a resource that was created; `Ref` is one of them."""


class BlueprintError(Exception):
    """The blueprint cannot be read or provisioned; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the template."""

    id: str
    type: str
    properties: Mapping[str, Any]


def load(folder: Path) -> dict[str, Resource]:
    """The resources of all stacks, those that others refer to first.

    Raises:
        BlueprintError: a file is absent or no JSON, an id stands in two stacks, or references go
            round in a circle.
    """
    found: dict[str, Resource] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            stack = json.loads(path.read_text())
        except ValueError as error:
            raise BlueprintError(f"{path.name}: {error}; run `make synth`") from None
        for name, body in stack.items():
            if name in found:
                raise BlueprintError(f"{name} stands in two stacks; give one another id in infra/")
            found[name] = Resource(name, body["Type"], body.get("Properties", {}))
    if not found:
        raise BlueprintError(f"no blueprint in {folder}; run `make synth`")
    return _ordered(found)


def resolve(value: Any, attribute: Attribute) -> Any:
    """A property with its references replaced."""
    if isinstance(value, list):
        return [resolve(part, attribute) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Ref":
            return _PSEUDO[argument] if argument in _PSEUDO else attribute(argument, "Ref")
        if name == "Fn::GetAtt":
            return attribute(argument[0], argument[1])
        if name == "Fn::Join":
            return argument[0].join(str(resolve(part, attribute)) for part in argument[1])
    return {name: resolve(part, attribute) for name, part in value.items()}


def references(value: Any) -> Iterator[str]:
    """The ids of the resources that a property refers to."""
    if isinstance(value, list):
        for part in value:
            yield from references(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name == "Ref" and isinstance(part, str):
                yield part
            elif name == "Fn::GetAtt":
                yield part[0]
            else:
                yield from references(part)


def _ordered(resources: dict[str, Resource]) -> dict[str, Resource]:
    graph = {
        name: {r for r in references(resource.properties) if r in resources and r != name}
        for name, resource in resources.items()
    }
    try:
        return {name: resources[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as error:
        raise BlueprintError(f"references go round: {' -> '.join(error.args[1])}") from None
