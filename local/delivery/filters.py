"""Filter patterns of stream mappings: the part of EventBridge's language that they use here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.blueprint import BlueprintError

Record = Mapping[str, Any]


class Filters:
    """The filters of a mapping; a record passes if one of them fits, or if there are none."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        """Reads the patterns now: a writer would meet an unknown rule in its own request.

        Raises:
            BlueprintError: a rule that is not known here.
        """
        criteria = mapping.get("FilterCriteria", {}).get("Filters", [])
        self._patterns = [json.loads(one["Pattern"]) for one in criteria]
        for pattern in self._patterns:
            _check(pattern, str(mapping.get("Name", "a mapping")))

    def let_pass(self, record: Record) -> bool:
        """Whether the function is to see the record."""
        return not self._patterns or any(_fits(pattern, record) for pattern in self._patterns)


def _check(pattern: Any, where: str) -> None:
    if isinstance(pattern, Mapping):
        for part in pattern.values():
            _check(part, where)
        return
    for rule in pattern:
        if isinstance(rule, Mapping) and set(rule) != {"exists"}:
            raise BlueprintError(
                f"{where}: the laptop's filters know values and exists, not "
                f"{json.dumps(rule)}; add it in local/delivery/filters.py"
            )


def _fits(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, Mapping):
        return all(
            _fits(part, value.get(name) if isinstance(value, Mapping) else None)
            for name, part in pattern.items()
        )
    return any(_rule_fits(rule, value) for rule in pattern)


def _rule_fits(rule: Any, value: Any) -> bool:
    if isinstance(rule, Mapping):
        return bool(rule["exists"]) == (value is not None)
    # Python takes True for 1; a filter does not.
    return bool(rule == value) and isinstance(rule, bool) == isinstance(value, bool)
