"""The node types that come with the platform: one class, one file. `registry()` finds them all."""

from __future__ import annotations

from functools import cache

from shared.graph import NodeRegistry


@cache
def registry() -> NodeRegistry:
    """Every node type in this package."""
    import shared.nodes

    return NodeRegistry.of(shared.nodes)
