"""Joining items: a key's value comes from whoever wrote it last.

A candidate whose writer is upstream of another candidate's writer falls out. If distinct values
remain, the first (in edge order) keeps the key and the others get `_2`, `_3`. The scope's own input
is upstream of everything, so it never contradicts what a node wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.graph.plan import Scope
from shared.graph.record import Entry
from shared.graph.values import FrozenDict, nothing, same


@dataclass(frozen=True, slots=True)
class Item:
    """What flows along an edge: the scope's input (if kept), below what nodes have written."""

    own: Mapping[str, Any] = field(default_factory=nothing)
    writers: Mapping[str, str] = field(default_factory=nothing)
    keeps: bool = True

    @classmethod
    def of(cls, entry: Entry) -> Item:
        """What a node handed on."""
        return cls(entry.output, entry.writers, entry.keeps)

    def view(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The whole item; `base` is the scope's input."""
        return {**base, **self.own} if self.keeps else dict(self.own)


EMPTY = Item()


def join(scope: Scope, items: Sequence[Item], base: Mapping[str, Any]) -> Item:
    """One item from all that arrive at a node, or from all that a scope ends with."""
    if len(items) == 1:
        return items[0]
    keeps = any(item.keeps for item in items)
    own: dict[str, Any] = {}
    writers: dict[str, str] = {}
    late: list[tuple[str, Any, str]] = []
    for key in sorted({key for item in items for key in item.own}):
        winners = _distinct(_last_written(scope, key, items))
        own[key], writers[key] = winners[0]
        late += [(key, value, writer) for value, writer in winners[1:]]
    for key, value, writer in late:
        name = free_key(key, own, base if keeps else {}, value)
        if name not in own:
            own[name], writers[name] = value, writer
    return Item(FrozenDict(own), writers, keeps)


def free_key(key: str, own: Mapping[str, Any], base: Mapping[str, Any], value: Any = ...) -> str:
    """`key_2`, `key_3` …: the first that is free, or that holds `value` already."""
    number = 2
    while True:
        name = f"{key}_{number}"
        held = own[name] if name in own else base.get(name, ...)
        if held is ... or (name in own and value is not ... and same(held, value)):
            return name
        number += 1


Candidate = tuple[Any, str]


def _last_written(scope: Scope, key: str, items: Sequence[Item]) -> list[Candidate]:
    found = [(item.own[key], item.writers[key]) for item in items if key in item.own]
    writers = {writer for _, writer in found}
    if len(writers) == 1:
        return found[:1]
    overtaken = {
        writer
        for writer in writers
        if any(other != writer and scope.is_upstream(writer, other) for other in writers)
    }
    return [candidate for candidate in found if candidate[1] not in overtaken]


def _distinct(found: list[Candidate]) -> list[Candidate]:
    kept: list[Candidate] = []
    for value, writer in found:
        if not any(same(value, known) for known, _ in kept):
            kept.append((value, writer))
    return kept
