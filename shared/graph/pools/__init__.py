"""Where nodes run: in the event loop, in a thread, in a process of their own."""

from shared.graph.pools.executor import PoolExecutor

__all__ = ["PoolExecutor"]
