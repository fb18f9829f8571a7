"""What provisioning makes: attributes of resources, and the wiring that moto does not act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.blueprint import BlueprintError, Resource, resolve
from local.lambda_host import FunctionSpec


@dataclass(slots=True)
class Wiring:
    """What delivery and gateway act on."""

    functions: dict[str, FunctionSpec] = field(default_factory=dict)
    mappings: list[Mapping[str, Any]] = field(default_factory=list)
    """Event source mappings: a function and the queue or stream it is fed by."""
    gateway: dict[str, Resource] = field(default_factory=dict)
    """The resources of the HTTP API, references resolved."""


@dataclass(slots=True)
class Deployment:
    """Everything that was created."""

    overrides: Mapping[str, str]
    """Environment variables that differ on a laptop, by name."""
    secrets: Mapping[str, str]
    """Secrets of an earlier start, by name, so that what they signed stays valid."""
    on_function: Callable[[FunctionSpec], None] = lambda spec: None
    """Told of each function as soon as its settings are known, so that it can start to import."""
    attributes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    later: list[Callable[[], None]] = field(default_factory=list)
    """What nobody needs for the first request and takes its time to create."""
    wiring: Wiring = field(default_factory=Wiring)

    def attribute(self, resource: str, name: str) -> Any:
        """An attribute of a created resource; `Ref` is one."""
        try:
            return self.attributes[resource][name]
        except KeyError:
            raise BlueprintError(
                f"{resource} has no attribute {name} here; add it where local/provision creates it"
            ) from None

    def properties(self, resource: Resource) -> dict[str, Any]:
        """The properties of a resource with references resolved."""
        resolved: dict[str, Any] = resolve(dict(resource.properties), self.attribute)
        return resolved

    def variable(self, name: str, value: str) -> str:
        """An environment variable of a function as it is on this laptop."""
        instead = self.overrides.get(name)
        if instead is None:
            return value
        pool = next((a["UserPoolId"] for a in self.attributes.values() if "UserPoolId" in a), "")
        return instead.replace("{pool}", pool)

    def name(self, resource: str) -> str:
        """The physical name of a table, queue, function, bus or machine."""
        return str(self.attributes[resource]["Name"])
