"""Which tools there are: found in packages, or registered by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from shared.agents.tool import BaseTool
from shared.llm.schemas import strict_schema
from shared.llm.tools import Tool

ToolClass = type[BaseTool[Any]]


class UnknownToolError(LookupError):
    """There is no such tool; the message lists those that exist."""

    error_type = "UnknownTool"


class ToolRegistry:
    """Tools by name. Two of one name are an error, never an overwrite."""

    def __init__(self, *tools: ToolClass) -> None:
        """Starts with these tools."""
        self._tools: dict[str, ToolClass] = {}
        for tool in tools:
            self.register(tool)

    def register(self, tool: ToolClass) -> ToolClass:
        """Adds a tool; also a class decorator.

        Raises:
            TypeError: another class has this name, or its arguments fit no strict schema.
        """
        known = self._tools.setdefault(tool.name, tool)
        if known is not tool:
            raise TypeError(
                f"{tool.name}: both {known.__qualname__} and {tool.__qualname__} "
                "call themselves so; rename one"
            )
        strict_schema(tool.Arguments)
        return tool

    def find(self, name: str) -> ToolClass | None:
        """The tool of this name, if there is one."""
        return self._tools.get(name)

    def get(self, name: str) -> ToolClass:
        """The tool of this name.

        Raises:
            UnknownToolError: there is none.
        """
        found = self._tools.get(name)
        if found is None:
            raise UnknownToolError(f"there is no tool {name!r}; there are {', '.join(self)}")
        return found

    def some(self, names: Sequence[str]) -> ToolRegistry:
        """Those of these names; raises UnknownToolError."""
        return ToolRegistry(*(self.get(name) for name in dict.fromkeys(names)))

    def told(self) -> list[Tool]:
        """As models are told of them: with strict schemas."""
        return [Tool.of(tool.Arguments, name, tool.description) for name, tool in self.items()]

    def items(self) -> list[tuple[str, ToolClass]]:
        """Names and tools, in alphabetical order."""
        return sorted(self._tools.items())

    def __iter__(self) -> Iterator[str]:
        """The names in alphabetical order."""
        return iter(sorted(self._tools))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._tools)

    @classmethod
    def of(cls, *packages: ModuleType) -> ToolRegistry:
        """All tools of these packages: one that cannot be imported fails the whole."""
        registry = cls()
        for package in packages:
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                for tool in _tools_in(importlib.import_module(module.name)):
                    registry.register(tool)
        return registry


def _tools_in(module: ModuleType) -> Iterator[ToolClass]:
    for value in vars(module).values():
        if (
            inspect.isclass(value)
            and issubclass(value, BaseTool)
            and value.__module__ == module.__name__
            and "name" in value.__dict__
        ):
            yield value
