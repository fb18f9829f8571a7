"""From what a node returned, or raised, to its entry in the record: pure, for both engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from shared.graph.errors import NodeError, ResultError
from shared.graph.kinds import DEFAULT, ERROR, handle_name
from shared.graph.merge import Item, free_key
from shared.graph.node import Form, NodeResult
from shared.graph.record import Entry, Status
from shared.graph.values import FrozenDict, freeze_result, same

ERROR_KEY: Final = "error"
"""Where the error stands in the data that leaves by the error output."""


def completed(
    node: str, key: str, route: str, item: Item, base: Mapping[str, Any], result: Any
) -> Entry:
    """The entry of a node that gave `result`; `key` is where a plain result goes.

    Raises:
        ResultError: the result is no JSON, too large, or no object where one is needed.
    """
    form = Form.ADD
    value = result
    if isinstance(result, NodeResult):
        form, value = result.form, result.value
    if form is Form.ADD:
        return _added(node, key, route, item, base, value)
    frozen = freeze_result(value)
    if not isinstance(frozen, dict):
        raise ResultError(f"the result is {frozen!r:.80}; to {form} the item it must be an object")
    if form is Form.REPLACE:
        writers = dict.fromkeys(frozen, node)
        return Entry(node, Status.COMPLETED, "", route, frozen, writers, keeps=False)
    return _updated(node, route, item, base, frozen)


def failed(node: str, item: Item, error: NodeError, catches: bool) -> Entry:
    """The entry of a node that failed; with an error output its data goes on from there."""
    if not catches:
        return Entry(node, Status.FAILED, error=error)
    told = FrozenDict(error.as_json())
    own = FrozenDict({**item.own, ERROR_KEY: told})
    writers = {**item.writers, ERROR_KEY: node}
    return Entry(node, Status.FAILED, "", ERROR, own, writers, item.keeps, ERROR_KEY, error=error)


def chosen_route(result: Any, outputs: Collection[str], aliases: Mapping[str, str]) -> str:
    """The output that a result chooses.

    Raises:
        ResultError: the node has no such output.
    """
    if not isinstance(result, NodeResult) or result.route == DEFAULT:
        return DEFAULT
    name = handle_name(result.route)
    route = aliases.get(name, name)
    if route not in outputs:
        raise ResultError(
            f"the node chose the output {route!r}, which it has not; "
            f"it has {', '.join(sorted(outputs))}"
        )
    return route


def _added(
    node: str, key: str, route: str, item: Item, base: Mapping[str, Any], value: Any
) -> Entry:
    if value is None:
        return Entry(node, Status.COMPLETED, "", route, item.own, item.writers, item.keeps)
    if key in item.own or (item.keeps and key in base):
        key = free_key(key, item.own, base if item.keeps else {})
    own = FrozenDict(item.own)
    dict.__setitem__(own, key, freeze_result(value))
    writers = {**item.writers, key: node}
    return Entry(node, Status.COMPLETED, "", route, own, writers, item.keeps, key)


def _updated(
    node: str, route: str, item: Item, base: Mapping[str, Any], value: Mapping[str, Any]
) -> Entry:
    own, writers = dict(item.own), dict(item.writers)
    for key, new in value.items():
        held = own[key] if key in own else base.get(key, ...) if item.keeps else ...
        if held is ... or not same(held, new):
            own[key], writers[key] = new, node
    return Entry(node, Status.COMPLETED, "", route, FrozenDict(own), writers, item.keeps)
