"""Several lists or objects in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig
from shared.nodes.data.paths import ABSENT, list_at, read
from shared.nodes.example import Example


class MergeConfig(NodeConfig):
    """What is merged, and how."""

    sources: tuple[str, ...] = Field(min_length=2, description="Places of lists, or of objects")
    mode: Literal["append", "join", "objects"] = Field(
        "append", description="One list after the other, matching items, or objects into each other"
    )
    key: str = Field("", description="For join: the field whose value makes items match")

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        if self.mode == "join" and not self.key:
            raise ValueError("key: name the field by which items match")
        return self


class MergeNode(BlockingNode[MergeConfig]):
    """Later sources win where both have a value."""

    type = "merge"
    Config = MergeConfig
    label = "Merge"
    description = "Makes one list or object of several"
    result = {"merge": "The list, or the object; in order of the sources, later ones win"}
    example = Example(
        {"sources": ["crm", "sheet"], "mode": "join", "key": "email"},
        {"crm": [{"email": "a@b.c", "name": "Ada"}], "sheet": [{"email": "a@b.c", "value": 5}]},
        {
            "merge": [{"email": "a@b.c", "name": "Ada", "value": 5}],
        },
    )

    def execute(self, config: MergeConfig, data: Data, context: NodeContext) -> Any:
        """As the mode says."""
        if config.mode == "objects":
            made: dict[str, Any] = {}
            for place in config.sources:
                made = merged(made, _object(data, place))
            return made
        lists = [list_at(data, place) for place in config.sources]
        everything = [item for items in lists for item in items]
        return _joined(everything, config.key) if config.mode == "join" else everything


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Objects inside objects are merged as well; anything else is taken from the other."""
    both = dict(one)
    for name, value in other.items():
        held = both.get(name)
        inner = isinstance(held, Mapping) and isinstance(value, Mapping)
        both[name] = merged(held, value) if inner else value  # type: ignore[arg-type]
    return both


def _object(data: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    found = read(data, place)
    if isinstance(found, Mapping):
        return found
    what = "nothing" if found is ABSENT else f"{found!r:.80}"
    raise ValueError(f"an object is wanted at {place!r} and {what} is there")


def _joined(items: Iterable[Any], key: str) -> list[Any]:
    """One object per value of the key, where it was seen first; items without it stay alone."""
    from shared.graph.values import canonical  # a key may be any JSON value

    made: list[Any] = []
    places: dict[str, int] = {}
    for item in items:
        value = read(item, key)
        if value is ABSENT or not isinstance(item, Mapping):
            made.append(item)
        elif (name := canonical(value)) in places:
            made[places[name]] = merged(made[places[name]], item)
        else:
            places[name] = len(made)
            made.append(item)
    return made
