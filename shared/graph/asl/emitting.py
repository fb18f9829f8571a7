"""From the structure of a scope to states: what follows what, what stands side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.graph.asl import guards, states
from shared.graph.asl.names import Names
from shared.graph.asl.states import State
from shared.graph.asl.structure import Block, Leaf, Parallel, Region, Series, recover, steps_of
from shared.graph.asl.waiting import fused
from shared.graph.kinds import Pool
from shared.graph.plan import Plan, Scope, Step


@dataclass(frozen=True)
class Functions:
    """The functions that run nodes: one per pool, `default` for pools without their own."""

    default: str
    by_pool: Mapping[Pool, str] = field(default_factory=dict)

    def of(self, pool: Pool | None) -> str:
        """The function for nodes of a pool."""
        return self.by_pool.get(pool, self.default) if pool else self.default


@dataclass
class Making:
    """One machine while it is made."""

    plan: Plan
    functions: Functions
    regions: bool
    names: Names = field(default_factory=Names)

    def label(self, step: Step, suffix: str = "") -> str:
        """A state's name for a step."""
        return self.names.give(step.node.name or step.id, suffix)


class Emitter:
    """Makes the states of one place: the machine, a branch, or the items of a map.

    States are made from the last to the first, because each names what follows it. `then` is what
    follows a block; nothing is the end of the place.
    """

    def __init__(self, making: Making, scope: Scope) -> None:
        self.making, self.scope = making, scope
        self.states: dict[str, State] = {}
        self._stop: str | None = None

    def whole(self, then: str | None) -> str:
        """The whole scope; the name of its first state."""
        following = [sorted(set(step.targets)) for step in self.scope.steps]
        tree = recover(self.scope.order, following)
        return self.block(fused(self.scope, tree) if self.making.regions else tree, then)

    def block(self, block: Block, then: str | None, before: Step | None = None) -> str:
        """One block; the name of its first state. `before` is a decision directly before it."""
        if isinstance(block, Series):
            return self._series(block.blocks, then, before)
        if before is not None and (handle := self._guard(before, block)):
            return self._choice(before, {handle: self.block(block, then)}, then)
        if isinstance(block, Parallel):
            return self._forked(before, block, then)
        return self._task(block, then)

    def add(self, name: str, state: State) -> str:
        """Keeps a state; its name."""
        self.states[name] = state
        return name

    def stop(self, then: str | None) -> str:
        """What follows, or an end of this place that a Choice can name."""
        if then is not None:
            return then
        if self._stop is None:
            name = self.making.names.give("Done")
            self._stop = self.add(name, states.done("Nothing is left to do here"))
        return self._stop

    def _task(self, block: Leaf | Region, then: str | None) -> str:
        from shared.graph.asl.emitters import emit_region, emit_step  # a loop's body is a place

        if isinstance(block, Region):
            return emit_region(self, block.members, then)
        return emit_step(self, self.scope.steps[block.step], then)

    def _series(self, blocks: Sequence[Block], then: str | None, before: Step | None) -> str:
        entries: list[str | None] = [*([None] * len(blocks)), then]
        for number in range(len(blocks) - 1, -1, -1):
            decider = self._decider(blocks[number - 1]) if number else before
            reach = number + self._passed_over(decider, blocks[number:])
            if decider is not None and reach > number + 1:
                handle = str(self._guard(decider, blocks[number]))
                inner = self.block(blocks[number], entries[number + 1])
                entries[number] = self._choice(decider, {handle: inner}, entries[reach])
            else:
                entries[number] = self.block(blocks[number], entries[number + 1], decider)
        return str(entries[0])

    def _decider(self, block: Block) -> Step | None:
        step = self.scope.steps[block.step] if isinstance(block, Leaf) else None
        return step if step is not None and guards.decides(step) else None

    def _guard(self, decider: Step, block: Block) -> str | None:
        return guards.guard(self.scope, decider.index, steps_of(block))

    def _passed_over(self, decider: Step | None, blocks: Sequence[Block]) -> int:
        """How many blocks behind a decision only one of its outputs leads into."""
        handle = self._guard(decider, blocks[0]) if decider else None
        if decider is None or handle is None:
            return 0
        return guards.extent(self.scope, decider.index, blocks, handle)

    def _forked(self, before: Step | None, block: Parallel, then: str | None) -> str:
        """Branches: of those that a decision excludes, none needs a state side by side."""
        exclusive: dict[str, list[Block]] = {}
        always: list[Block] = []
        for part in block.blocks:
            handle = self._guard(before, part) if before else None
            (exclusive.setdefault(handle, []) if handle else always).append(part)
        if before is not None and exclusive and not always:
            return self._alternatives(before, exclusive, then)
        branches = []
        for part in always:
            place = Emitter(self.making, self.scope)
            branches.append(place.as_machine(place.block(part, None, before)))
        if before is not None and exclusive:
            place = Emitter(self.making, self.scope)
            branches.append(place.as_machine(place._alternatives(before, exclusive, None)))
        return self._beside(block, branches, then)

    def _alternatives(
        self, decider: Step, exclusive: Mapping[str, list[Block]], then: str | None
    ) -> str:
        routes = {
            handle: self.block(parts[0] if len(parts) == 1 else Parallel(tuple(parts)), then)
            for handle, parts in exclusive.items()
        }
        return self._choice(decider, routes, then)

    def _choice(self, decider: Step, routes: Mapping[str, str], default: str | None) -> str:
        name = self.making.label(decider, " chose")
        comment = f"Which output node {decider.id} chose"
        return self.add(name, states.choice(routes, self.stop(default), comment))

    def _beside(self, block: Parallel, branches: list[State], then: str | None) -> str:
        first = self.scope.steps[next(steps_of(block))]
        return self.add(
            self.making.label(first, " and others"),
            {
                "Type": "Parallel",
                "Comment": f"{len(branches)} branches, the first from node {first.id}",
                "Branches": branches,
                "ResultPath": None,
                **states.going_on(then),
            },
        )

    def as_machine(self, start: str) -> State:
        """The states of this place, in the order in which they are met."""
        return {"StartAt": start, "States": _in_order(self.states, start)}


def _in_order(made: Mapping[str, State], start: str) -> dict[str, State]:
    found: dict[str, State] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = made[name]
        waiting.extend(reversed([*next_of(made[name])]))
    return found


def next_of(state: State) -> Iterator[str]:
    """The states that may follow a state, what is usual first."""
    for rule in state.get("Choices", ()):
        yield rule["Next"]
    for key in ("Next", "Default"):
        if key in state:
            yield state[key]
    for caught in state.get("Catch", ()):
        yield caught["Next"]
