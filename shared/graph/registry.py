"""Which node types there are: found in packages, or registered by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from shared.graph.errors import GraphError
from shared.graph.node import BaseNode

NodeClass = type[BaseNode[Any]]


class NodeRegistry:
    """Node types by identifier. Two types of one identifier are an error, never an overwrite."""

    def __init__(self, *types: NodeClass) -> None:
        """Starts with these types."""
        self._types: dict[str, NodeClass] = {}
        for node_type in types:
            self.register(node_type)

    def register(self, node_type: NodeClass) -> NodeClass:
        """Adds a type; also a class decorator.

        Raises:
            GraphError: another class has this identifier already.
        """
        for name in (node_type.type, *node_type.aliases):
            known = self._types.setdefault(name, node_type)
            if known is not node_type:
                raise GraphError(
                    f"{name}: both {known.__qualname__} and {node_type.__qualname__} "
                    "call themselves so; rename one"
                )
        return node_type

    def find(self, identifier: str) -> NodeClass | None:
        """The type of this identifier or alias, if there is one."""
        return self._types.get(identifier)

    def get(self, identifier: str) -> NodeClass:
        """The type of this identifier.

        Raises:
            GraphError: there is none; the message lists those that exist.
        """
        found = self._types.get(identifier)
        if found is None:
            raise GraphError(f"unknown node type {identifier!r}; there are {', '.join(self)}")
        return found

    def __iter__(self) -> Iterator[str]:
        """The identifiers in alphabetical order, aliases left out."""
        return iter(sorted(name for name, found in self._types.items() if found.type == name))

    @classmethod
    def of(cls, *packages: ModuleType) -> NodeRegistry:
        """All concrete node types of these packages and everything below them.

        A module that cannot be imported fails the whole: a missing node type is found at the
        start, not by the first run that needs it.
        """
        registry = cls()
        for package in packages:
            for module in _modules(package):
                for node_type in _types_in(module):
                    registry.register(node_type)
        return registry


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _types_in(module: ModuleType) -> Iterator[NodeClass]:
    for value in vars(module).values():
        if (
            inspect.isclass(value)
            and issubclass(value, BaseNode)
            and value.__module__ == module.__name__
            and "type" in value.__dict__
        ):
            yield value
