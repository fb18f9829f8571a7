"""The tools that come with the platform: one class, one file. `registry()` finds them all."""

from __future__ import annotations

from functools import cache

from shared.agents.registry import ToolRegistry


@cache
def registry() -> ToolRegistry:
    """Every tool in this package."""
    import shared.tools

    return ToolRegistry.of(shared.tools)
