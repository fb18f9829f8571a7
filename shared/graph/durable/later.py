"""Nodes that are not run now: they stand in for what other tasks of a flow will run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shared.graph.engine.loaded import LoadedFlow
from shared.graph.errors import NodeError, NodeFailedError
from shared.graph.kinds import Pool
from shared.graph.model import Node
from shared.graph.node import (
    BlockingNode,
    Data,
    LoopNode,
    LoopPolicy,
    NoConfig,
    NodeContext,
    Waiting,
)
from shared.graph.plan import Scope
from shared.graph.record import Entry, Status
from shared.graph.retry import NO_RETRY
from shared.graph.routines import Routine


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the nodes that are not run, and what is found out about them."""

    failed: Mapping[str, NodeError] = field(default_factory=dict)
    """By path and node: those that failed, and are not to be tried again."""
    begun: dict[str, Data] = field(default_factory=dict)
    """By path: the inputs of the items that nodes wait in."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Standing:
        """From what stands in the record."""
        failed = {e.key: e.error for e in entries if e.status is Status.FAILED and e.error}
        return cls(failed)

    def meet(self, data: Data, context: NodeContext) -> None:
        """Notes the item.

        Raises:
            NodeFailedError: the node failed before.
        """
        self.begun.setdefault(context.path, data)
        if error := self.failed.get(context.path + context.node_id):
            raise NodeFailedError(error.type, error.message)


class Later(BlockingNode[NoConfig]):
    """A node that waits for its own task, or failed in it."""

    type = "later"

    def __init__(self, standing: Standing) -> None:
        """Takes what is known."""
        self._standing = standing

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Waiting:
        """Waits, or fails as it failed."""
        self._standing.meet(data, context)
        return Waiting("callback")


class LaterLoop(LoopNode[NoConfig]):
    """A loop that waits for its own task, or failed in it."""

    type = "later-loop"

    def __init__(self, standing: Standing) -> None:
        """See `Later`."""
        self._standing = standing

    def policy(self, config: NoConfig) -> LoopPolicy:
        """One item, whose body waits."""
        return LoopPolicy()

    def items(self, config: NoConfig, data: Data, context: NodeContext) -> Sequence[Any]:
        """One item, whose body waits."""
        self._standing.meet(data, context)
        return (None,)


def with_later(
    flow: LoadedFlow, scope: Scope, standing: Standing, but: frozenset[str] = frozenset()
) -> Mapping[str, Routine]:
    """The routines of a flow in which the nodes of a scope wait, all but some."""
    return {**flow.routines, **_waiting(flow, scope, standing, but)}


def _waiting(
    flow: LoadedFlow, scope: Scope, standing: Standing, but: frozenset[str]
) -> dict[str, Routine]:
    found = {}
    for step in scope.steps:
        if step.id in but:
            continue
        found[step.id] = _later(flow.routines[step.id], standing)
        if step.body is not None:
            found |= _waiting(flow, step.body, standing, frozenset())
    return found


def _later(routine: Routine, standing: Standing) -> Routine:
    step = routine.step
    bare = replace(step, node=Node(id=step.id, type=step.node.type))
    return replace(
        routine,
        step=bare,
        node=Later(standing) if step.body is None else LaterLoop(standing),
        config=NoConfig(),
        pool=Pool.ASYNC,
        policy=NO_RETRY,
        prepared=False,
        reads_nodes=False,
    )
