"""Credentials are taken out of a graph, and what was in their place is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.graph import FlowGraph, Node, NodeRegistry
from shared.graph.forms import has_template
from shared.nodes.forms import form_of

KEY: Final = "$needs"
"""An object with this key alone stands where a credential was."""
_SECRET: Final = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key"
    r"|authorization|cookie|credential|signature|bearer",
    re.IGNORECASE,
)
_CONNECTION: Final = re.compile(r"(^|_)connection(_id)?$")
Kind = Literal["connection", "secret"]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be given anew; `node` is empty for the environment."""

    kind: Kind
    node: str
    field: str


def without_credentials(
    graph: FlowGraph, registry: NodeRegistry
) -> tuple[dict[str, Any], list[Need]]:
    """A graph's JSON with placeholders, and what they stand for."""
    needs: list[Need] = []
    found = graph.as_json()
    for part in ("env", "variables"):
        if part in found:
            found[part] = _cleaned(found[part], "", part, needs)
    for node, raw in zip(graph.nodes, found.get("nodes", ()), strict=True):
        if "config" in raw:
            raw["config"] = _config(node, raw["config"], registry, needs)
    return found, needs


def without_placeholders(definition: Mapping[str, Any]) -> tuple[dict[str, Any], list[Need]]:
    """A definition whose placeholders are taken out, and what they stood for."""
    needs: list[Need] = []
    return _stripped(dict(definition), needs), needs


def _config(
    node: Node, config: dict[str, Any], registry: NodeRegistry, needs: list[Need]
) -> dict[str, Any]:
    definition = registry.find(node.type)
    fields = form_of(definition).fields if definition else {}
    found = dict[str, Any]()
    for name, value in config.items():
        field = fields.get(name)
        hidden = field is not None and field.input_type == "password"
        if _CONNECTION.search(name) and value:
            found[name] = _placed(Need("connection", node.id, name), needs)
        elif hidden and _is_written_out(value):
            found[name] = _placed(Need("secret", node.id, name), needs)
        else:
            found[name] = _cleaned({name: value}, node.id, "", needs)[name]
    return found


def _cleaned(value: Any, node: str, path: str, needs: list[Need]) -> Any:
    if isinstance(value, Mapping):
        made = dict[str, Any]()
        for name, inner in value.items():
            at = f"{path}.{name}" if path else str(name)
            if _SECRET.search(str(name)) and _is_written_out(inner):
                made[name] = _placed(Need("secret", node, at), needs)
            else:
                made[name] = _cleaned(inner, node, at, needs)
        return made
    if isinstance(value, list | tuple):
        return [_cleaned(each, node, f"{path}.{n}", needs) for n, each in enumerate(value)]
    return value


def _is_written_out(value: Any) -> bool:
    """Whether it is a text by itself; one with templates refers to what stands elsewhere."""
    return isinstance(value, str) and bool(value.strip()) and not has_template(value)


def _placed(need: Need, needs: list[Need]) -> dict[str, Any]:
    needs.append(need)
    return {KEY: {"kind": need.kind, "node": need.node, "field": need.field}}


def _stripped(value: Any, needs: list[Need]) -> Any:
    if isinstance(value, Mapping):
        made = dict[str, Any]()
        for name, inner in value.items():
            need = _need(inner)
            if need is None:
                made[name] = _stripped(inner, needs)
            else:
                needs.append(need)
        return made
    if isinstance(value, list):
        return [_stripped(each, needs) for each in value if _need(each) is None]
    return value


def _need(value: Any) -> Need | None:
    if not isinstance(value, Mapping) or set(value) != {KEY} or not isinstance(value[KEY], Mapping):
        return None
    told = value[KEY]
    kind: Kind = "connection" if told.get("kind") == "connection" else "secret"
    return Need(kind, str(told.get("node", ""))[:200], str(told.get("field", ""))[:200])
