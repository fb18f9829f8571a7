"""Whether a document has the shape that all formats share; what is inside is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.graph.errors import GraphError

_TOP: Final = ("env", "settings", "variables")
_OF_A_NODE: Final = (
    "data", "form_values", "config", "position", "agent_config", "condition_config", "loop_config",
    "input_config",
)  # fmt: skip
_OF_DATA: Final = (
    "form", "config", "agent_config", "condition_config", "loop_config", "input_config",
)  # fmt: skip


def check_shape(raw: Mapping[str, Any]) -> None:
    """Looks at a document before it is read.

    Raises:
        GraphError: a part is no object, or no list; the message names it.
    """
    _objects(raw, _TOP, "")
    for name, node in _listed(raw, "nodes"):
        _objects(node, _OF_A_NODE, f"{name}.")
        _objects(node.get("data") or {}, _OF_DATA, f"{name}.data.")
        if not isinstance(node.get("inputs") or [], list | tuple):
            raise GraphError(f"{name}.inputs: not a list; send a list of objects")
    for part in ("edges", "connections"):
        for name, edge in _listed(raw, part):
            for field in ("sourceHandle", "source_handle", "targetHandle", "target_handle"):
                if not isinstance(edge.get(field), str | None):
                    raise GraphError(f"{name}.{field}: not a text; send the name of an output")


def _listed(raw: Mapping[str, Any], part: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = raw.get(part) or []
    if not isinstance(found, list | tuple):
        raise GraphError(f"{part}: not a list; send a list of {part}")
    for number, each in enumerate(found):
        if not isinstance(each, Mapping):
            raise GraphError(f"{part}.{number}: not an object; send a list of objects")
        yield f"{part}.{number}", each


def _objects(raw: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if not isinstance(raw.get(name) or {}, Mapping):
            raise GraphError(f"{where}{name}: not an object; send one with fields")
