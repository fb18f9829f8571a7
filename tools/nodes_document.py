"""Writes docs/nodes.md from the node types."""

from __future__ import annotations

import json
from typing import Any

from shared.nodes import registry
from shared.nodes.catalogue import Catalogue
from shared.nodes.forms import DeclaredField, form_of

_TOP = """# Node types

{count} types. Written from the classes in `shared/nodes/` by `make generate`; each example is run
by a test, on both engines. Any field may have templates (`{{{{ data.name }}}}`), unless it holds an
expression. Besides its outputs every node has `error`, which catches its failure.
"""


def document() -> str:
    """The whole page."""
    catalogue = Catalogue(registry())
    parts = [_TOP.format(count=catalogue.count())]
    for category in catalogue.by_category():
        parts.append(f"## {category['label']}\n")
        parts.extend(_node(catalogue, node) for node in category["nodes"])
    return "\n".join(parts)


def _node(catalogue: Catalogue, node: dict[str, Any]) -> str:
    lines = [f"### {node['label']}\n", _sentences(node) + "\n"]
    lines.append(_facts(node) + "\n")
    form = form_of(catalogue.find(node["type"]))
    if form.fields:
        lines += ["| field | takes | default |  |", "|---|---|---|---|"]
        lines += [_row(each) for each in form.fields.values()]
        lines.append("")
    if node["result"]:
        lines += [f"- `{name}`: {text}" for name, text in node["result"].items()]
        lines.append("")
    example = node["example"]
    lines += ["```json", json.dumps(example, ensure_ascii=False), "```\n"]
    return "\n".join(lines)


def _sentences(node: dict[str, Any]) -> str:
    first = node["description"] + "."
    return first if node["details"] == first else f"{first} {node['details']}"


def _facts(node: dict[str, Any]) -> str:
    facts = [f"`{node['type']}`"]
    if node["aliases"]:
        facts.append("also " + ", ".join(f"`{alias}`" for alias in node["aliases"]))
    facts.append(f"{node['kind'].replace('_', '-')}, pool {node['pool']}")
    facts.append("outputs " + ", ".join(f"`{name}`" for name in node["outputs"][:-1]))
    facts.append(f"result under `{node['output_key']}`")
    if node["modes"] == ["api"]:
        facts.append("api flows only")
    if node["waits"]:
        facts.append("may wait")
    return "; ".join(facts) + "."


def _row(each: DeclaredField) -> str:
    kind = " or ".join(map(str, each.options)) or str(each.schema.get("type") or "anything")
    limits = ", ".join(
        f"{name} {value}" for name, value in each.attrs.items() if name not in ("pattern", "step")
    )
    default = "**required**" if each.required else _code(each.initial)
    takes = f"{kind} ({limits})" if limits else kind
    return f"| `{each.name}` | {_cell(takes)} | {default} | {_cell(each.help_text)} |"


def _code(value: Any) -> str:
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
