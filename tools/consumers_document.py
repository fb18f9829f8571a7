"""docs/consumers.md: the durable consumers, from what their files declare."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from shared.consumers.declaration import Declaration, load_declarations

ROOT = Path(__file__).parent.parent


def document() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Durable consumers"
    yield ""
    yield "Generated: `make generate`, from `functions/events/consumers/`. How they work stands in"
    yield "[events](events.md)."
    yield ""
    yield "| consumer | what it does | hears | order | effects | needs |"
    yield "|---|---|---|---|---|---|"
    for said in load_declarations(ROOT):
        order = "by entity" if said.ordered else ""
        effects = "outside" if said.outside else "in its tables"
        needs = "; ".join(f"{place}: {', '.join(does)}" for place, does in said.needs.items())
        yield f"| `{said.name}` | {said.about} | {_heard(said)} | {order} | {effects} | {needs} |"


def _heard(said: Declaration) -> str:
    parts = [f"`{name}`" for name in said.types]
    if said.topics:
        parts.append(f"on {', '.join(said.topics)}")
    if said.filter:
        parts.append(f"where `{json.dumps(said.filter)}`")
    return ", ".join(parts) or "everything"
