"""What goes into a loop's body, and what becomes of it: pure, the same for both engines.

A `for_each` gives one result per item, in item order: what the item's body wrote, the error of an
item that failed (when the loop goes on after errors), nothing for a path that ended. A `while` or
`until` hands the data of one iteration to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from shared.graph.errors import NodeError
from shared.graph.kinds import DEFAULT
from shared.graph.merge import Item
from shared.graph.node import Form, NodeResult
from shared.graph.outcome import completed
from shared.graph.record import Entry, ItemEntry, Status
from shared.graph.settle import Settlement
from shared.graph.values import FrozenDict, FrozenList, LiveDict, LiveList

STATE_KEY: Final = "forEachNode"
ITERATIONS_KEY: Final = "loop"
MAX_ITERATIONS: Final = 10_000
"""The most that a loop without a limit of its own goes round."""
LOOP_FAILED: Final = "LoopFailed"


def item_key(path: str, loop: str, index: int) -> str:
    """The key of one item of a loop: `outer[2]/inner[0]`."""
    return f"{path}{loop}[{index}]"


def item_path(path: str, loop: str, index: int) -> str:
    """What precedes the names of nodes in one item's body."""
    return f"{path}{loop}[{index}]/"


def item_input(
    data: Mapping[str, Any], items: Sequence[Any], index: int, results: Sequence[Any] = ()
) -> FrozenDict:
    """What enters the body for an item; `results` are those of the items before, if in order."""
    item = items[index] if index < len(items) else None
    return FrozenDict({**data, STATE_KEY: loop_state(items, results, index, item)})


def loop_state(items: Sequence[Any], results: Sequence[Any], index: int, item: Any) -> FrozenDict:
    """What stands under `forEachNode`."""
    state = FrozenDict({"index": index, "item": item})
    live = isinstance(results, LiveList)
    told = {
        "input": items if isinstance(items, FrozenList) else FrozenList(items),
        "results": results if isinstance(results, FrozenList) else FrozenList(results),
        "state": state,
    }
    return LiveDict(told) if live else FrozenDict(told)


def item_result(key: str, body: Settlement) -> ItemEntry:
    """How an item ended whose body is settled."""
    if error := body.error:
        return ItemEntry(key, Status.FAILED, None, error)
    outcome = body.outcome
    return ItemEntry(key, Status.COMPLETED, None if outcome is None else _written(outcome))


def _written(outcome: Item) -> FrozenDict:
    return FrozenDict({key: value for key, value in outcome.own.items() if key != STATE_KEY})


def result_of(item: ItemEntry) -> Any:
    """What stands for an item among the results."""
    return FrozenDict({"error": FrozenDict(item.error.as_json())}) if item.error else item.result


def first_failure(loop: str, items: Sequence[ItemEntry]) -> NodeError | None:
    """The loop's own error when one of its items failed: it names the first in item order."""
    failed = [item for item in items if item.error]
    if not failed:
        return None
    error = failed[0].error
    others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    where = f"{failed[0].key}/{error.node}" if error else failed[0].key
    message = error.message if error else ""
    return NodeError(LOOP_FAILED, f"{where}: {message}{others}", loop)


def next_data(data: Mapping[str, Any], body: Settlement) -> FrozenDict:
    """What a `while` or `until` goes on with after an iteration."""
    outcome = body.outcome
    after = dict(data) if outcome is None else outcome.view(data)
    after.pop(STATE_KEY, None)
    return FrozenDict(after)


def with_state(entry: Entry, state: FrozenDict) -> Entry:
    """The entry of a finished `for_each`, with its last state beside the results."""
    own = FrozenDict({**entry.output, STATE_KEY: state})
    return replace(entry, output=own, writers={**entry.writers, STATE_KEY: entry.node})


def after_condition(
    loop: str,
    item: Item,
    base: Mapping[str, Any],
    data: Mapping[str, Any],
    iterations: int,
    ended: str,
) -> Entry:
    """The entry of a finished `while` or `until`: its last data, how often it went round, why."""
    before = item.view(base)
    dropped = any(key not in data for key in before if key != STATE_KEY)
    form = Form.REPLACE if dropped else Form.UPDATE
    entry = completed(loop, "", DEFAULT, item, base, NodeResult(dict(data), form=form))
    told = {"iterations": iterations, "ended": ended}
    return completed(loop, ITERATIONS_KEY, DEFAULT, Item.of(entry), base, told)
